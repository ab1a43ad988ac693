import { wire } from "#functions/fulfillment/fulfillment.handler.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import type { DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import type { Caller } from "#functions/values/caller.ts";
import { minutes } from "#functions/values/clock.ts";
import { bridgeReceiver } from "#infra/local/demo/bridge-receiver.ts";
import { aCaller, storeId } from "#test/examples.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { noShop, shopOn } from "#test/fakes/memory-shop.ts";
import { aWorld } from "../order/world.ts";

export const url = "https://tea.example.com/wp/?agentic_bridge=1";
const owner: Partial<Caller> = { role: "admin", scopes: ["store:read", "connections:write"] };

type Receiver = ReturnType<typeof bridgeReceiver>;
export type Said = Awaited<ReturnType<Receiver>>;

/** An order that was placed at a store that is connected to a shop: the reference receiver. */
export const aConnectedStore = async (body: object = {}) => {
  const world = await aWorld({ fulfilled: false });
  const { on } = world;
  const environment = environmentOf({ STAGE: "test", OUTBOUND_POLICY: "public" });
  const handler = wire({ ...on, environment, dial: noShop, seal: fakeStoreSeal() });
  const call = async (httpMethod: string, given?: object, part = "") => {
    const event = {
      httpMethod,
      path: `/store/connector${part}`,
      resource: `/store/connector${part}`,
      headers: { "content-type": "application/json" },
      queryStringParameters: null,
      pathParameters: null,
      body: given ? JSON.stringify(given) : null,
      isBase64Encoded: false,
      requestContext: { requestId: "r", authorizer: { caller: JSON.stringify(aCaller(owner)) } },
    };
    const answer = (await handler(event, aContext())) as { statusCode: number; body: string };
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  };
  const connect = () => call("PUT", { kind: "bridge", url, ...body });
  const { secret } = (await connect()).body;
  const orders: Record<string, unknown>[] = [];
  const updates: object[] = [];
  const heard = async (order: object) => {
    updates.push(order);
    return {};
  };
  const requests: DialRequest[] = [];
  const shop = {
    says: { accepted: true } as { accepted: boolean; [more: string]: unknown },
    hears: true,
    /** What becomes of its answer on the way. */
    way: (said: Said): DialResult => ({
      answered: true,
      status: said.status,
      headers: said.headers,
      body: new Uint8Array(Buffer.from(said.body)),
    }),
  };
  const receiverOf = (secrets: string[]) =>
    bridgeReceiver(
      secrets,
      {
        submit_order: async (order) => {
          orders.push(order);
          return shop.says;
        },
        ...(shop.hears && { update_order: heard }),
      },
      on.now,
    );
  let receiver = receiverOf([secret]);
  const receive = async (request: DialRequest): Promise<DialResult> => {
    requests.push(request);
    const { pathname, search } = new URL(request.url);
    const { method, headers, body: sent = "" } = request;
    return shop.way(
      await receiver({ method, target: `${pathname}${search}`, headers, body: Buffer.from(sent) }),
    );
  };
  const process = shopOn({ ...world.healthy, dial: receive });
  return {
    ...world,
    call,
    connect,
    secret,
    orders,
    updates,
    requests,
    receive,
    shop,
    learns: (...secrets: string[]) => {
      receiver = receiverOf(secrets);
    },
    fulfill: () => process.fulfill({ storeId, orderId: world.orderId }),
    cancel: world.cancel,
    pass: async (milliseconds: number = minutes(2)) => {
      on.clock.advance(milliseconds);
      await process.sweepOrders();
    },
    /** Until somebody looks at the order. */
    untilDue: () => Number(on.table.rows("commerce").find(({ sk }) => sk === "order")?.["dueAt"]) - on.now(),
    row: () => on.table.rows("access").find(({ sk }) => sk === "connector"),
    acts: () => on.table.rows("audit").map(({ action }) => action),
    intent: () => world.stripe.intents()[0]?.status,
    status: async () => (await world.order()).status,
  };
};

export const lost = (): DialResult => ({ answered: false, reason: "timeout" });
