import { AwsError, arn, type Call, type JsonObject, NotEmbedded, type Reply, type Service } from "./aws.ts";
import { stableId } from "./identity.ts";
import type { BootedFunction, Invoked, Lambda } from "./lambda.ts";
import type { Switches } from "./switches.ts";

/** The routes of the Lambda API that are needed: the operator's command line invokes, and a restore stops. */
export const lambdaRoutes: Readonly<Record<string, RegExp>> = {
  Invoke: /^POST .*\/functions\/([^/?]+)\/invocations/,
  PutFunctionConcurrency: /^PUT .*\/functions\/([^/?]+)\/concurrency/,
  DeleteFunctionConcurrency: /^DELETE .*\/functions\/([^/?]+)\/concurrency/,
  ListEventSourceMappings: /^GET .*\/event-source-mappings\/?\?.*FunctionName=([^&]+)/,
  UpdateEventSourceMapping: /^PUT .*\/event-source-mappings\/([^/?]+)/,
};

type Needs = { readonly lambda: Lambda; readonly switches: Switches };
type Asked = {
  readonly target: BootedFunction;
  readonly sent: JsonObject;
  readonly headers: Call["headers"];
  readonly by: string;
};

export const lambdaService =
  (on: Needs): Service =>
  async ({ action, raw, headers, principal }): Promise<Reply> => {
    const [, named = ""] = lambdaRoutes[action]?.exec(headers["x-local-route"] ?? "") ?? [];
    const sent = raw.length > 0 ? (JSON.parse(raw.toString("utf8")) as JsonObject) : {};
    const { target, resource } = subjectOf(on.lambda, action, decodeURIComponent(named));
    const about = { "lambda:FunctionArn": target.arn };
    principal.may(`lambda:${action === "Invoke" ? "InvokeFunction" : action}`, resource, about);
    const answers = operations[action];
    if (!answers) throw new NotEmbedded(`lambda ${action}`);
    return answers(on, { target, sent, headers, by: principal.name });
  };

const subjectOf = (lambda: Lambda, action: string, name: string) => {
  if (action === "UpdateEventSourceMapping")
    return { target: readBy(lambda, name), resource: mappingArn(name) };
  const target = lambda.find(name);
  return { target, resource: target.arn };
};

const operations: Readonly<Record<string, (on: Needs, asked: Asked) => Promise<Reply>>> = {
  Invoke: async ({ lambda }, { target, sent, headers, by }) => {
    const running = lambda.invoke(target, sent, by);
    return headers["x-amz-invocation-type"] === "Event" ? answer(202, "") : answerOf(await running);
  },
  PutFunctionConcurrency: async ({ switches }, { target, sent }) => {
    if (sent["ReservedConcurrentExecutions"] !== 0)
      throw new NotEmbedded("reserved concurrency other than 0");
    switches.turn("function", target.name, true);
    return answer(200, JSON.stringify(sent));
  },
  DeleteFunctionConcurrency: async ({ switches }, { target }) => {
    switches.turn("function", target.name, false);
    return answer(204, "");
  },
  ListEventSourceMappings: async (_, { target }) =>
    answer(200, JSON.stringify({ EventSourceMappings: [{ UUID: mappingOf(target) }] })),
  UpdateEventSourceMapping: async ({ switches }, { target, sent }) => {
    switches.turn("reader", target.name, sent["Enabled"] === false);
    return answer(202, JSON.stringify({ UUID: mappingOf(target) }));
  },
};

/** A function has one source at most. */
const mappingOf = ({ name }: BootedFunction): string => stableId(name, 32);

const readBy = (lambda: Lambda, id: string): BootedFunction => {
  const found = lambda.functions.find((each) => mappingOf(each) === id);
  if (!found) throw new AwsError("ResourceNotFoundException", `no event source mapping ${id}`, 404);
  return found;
};
const mappingArn = (id: string): string => arn("lambda", `event-source-mapping:${id}`);

const answerOf = (invoked: Invoked): Reply =>
  "fault" in invoked
    ? answer(200, JSON.stringify(invoked.fault), { "x-amz-function-error": "Unhandled" })
    : answer(200, JSON.stringify(invoked.payload));

const answer = (status: number, body: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json", "x-amz-executed-version": "$LATEST", ...headers },
  body: Buffer.from(body),
});
