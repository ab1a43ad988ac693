import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonObject } from "#infra/local/aws.ts";
import { aBuyer, acpAgent } from "#infra/local/demo/agent.ts";
import type { LedgerCall } from "#infra/local/ledger.ts";
import type { Stand } from "./stand.ts";

/** One call that somebody made, with its begin and end in milliseconds. */
export type Traced = {
  readonly by: string;
  /** `dynamodb`, `lambda`, `states`, `stripe`, … */
  readonly service: string;
  /** `GetItem access store`, `TransactWriteItems commerce checkout, outbox event` */
  readonly what: string;
  readonly from: number;
  readonly to: number;
};

/** All that one `complete` set off before it was answered, by everybody who works for that answer. */
export const traceComplete = async (stand: Stand): Promise<readonly Traced[]> => {
  const agent = acpAgent(stand.cloud.urls.agentApi, stand.shop.agentKey);
  const [token = ""] = await stand.grantTokens(1);
  const { id } = await agent.create(stand.productOf(0), 1);
  await agent.update(id, aBuyer);
  await stand.cloud.idle();
  const traced: Traced[] = [];
  const stop = watch(stand, (call) => traced.push(call));
  const { status } = await agent.complete(id, token).finally(stop);
  if (status !== "completed") throw new Error(`complete ended ${status}`);
  await stand.cloud.idle();
  return traced.filter(({ by, what }) => isAwaited(by) || isAwaited(what)).sort((a, b) => a.from - b.from);
};

/** The rest follows after the answer, from the outbox on. */
const isAwaited = (name: string): boolean => awaited.has(name.replace("Invoke ", ""));
const awaited = new Set([
  "access/authorize",
  "acp/acp",
  "catalog/reserve-stock",
  "payment/authorize-payment",
  "order/place-order",
]);

const watch = ({ cloud, stripeUrl }: Stand, see: (call: Traced) => void): (() => void) => {
  const stopLedger = cloud.ledger.watch((call) => {
    const begun = performance.now();
    return () =>
      see({
        by: call.by,
        service: call.service,
        what: whatOf(call),
        from: begun,
        to: performance.now(),
      });
  });
  const stopStripe = watchStripe(stripeUrl, see);
  return () => {
    stopLedger();
    stopStripe();
  };
};

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

/** The embedded Stripe is a server of this process, and Node tells of every request that one gets. */
const watchStripe = (url: string, see: (call: Traced) => void): (() => void) => {
  const host = new URL(url).host;
  const onRequest = (message: unknown) => {
    const { request, response } = message as Exchange;
    if (request.headers.host !== host) return;
    const [from, path] = [performance.now(), String(request.url).replace(/\?.*/, "")];
    // A capture belongs to fulfillment, which may begin before complete is answered.
    const by = path.endsWith("/capture") ? "payment/capture-payment" : "payment/authorize-payment";
    const what = `${request.method} ${path}`;
    response.once("close", () => see({ by, service: "stripe", what, from, to: performance.now() }));
  };
  subscribe("http.server.request.start", onRequest);
  return () => unsubscribe("http.server.request.start", onRequest);
};

const whatOf = ({ service, action, body = {} }: LedgerCall): string => {
  if (service === "lambda") return action.replace(":", " ");
  if (service !== "dynamodb") return action;
  return `${action} ${requestsIn(body).map(rowOf).join(", ")}`;
};

const requestsIn = (body: JsonObject): JsonObject[] =>
  body["TransactItems"]
    ? (body["TransactItems"] as JsonObject[]).flatMap((each) => Object.values(each) as JsonObject[])
    : [body];

/** `commerce payment`: the table's logical name and the kind of row, without ids. */
const rowOf = (request: JsonObject): string => {
  const table = String(request["TableName"]).replace(/^.*-/, "");
  const { pk, sk } = (request["Key"] ?? request["Item"] ?? {}) as Readonly<Record<string, { S: string }>>;
  if (pk?.S.endsWith("#products")) return `${table} product`;
  return `${table} ${sk?.S.replace(/#.*/, "") ?? "(query)"}`;
};
