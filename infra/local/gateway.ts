import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { authorize } from "./authorizer.ts";
import { type Calls, callFor } from "./gateway-caller.ts";
import type { FunctionCall, GatewayModel } from "./gateway-model.ts";
import { type Answer, type Facts, Refused, renderRefusal } from "./gateway-response.ts";
import { type Listening, listen, readBody } from "./http.ts";
import type { Invoked } from "./lambda.ts";
import type { CloudLog } from "./log.ts";
import { answerOf, headerOf, type Incoming, match, methodArn, proxyEvent } from "./proxy-event.ts";

type Gateway = Calls & {
  readonly log: CloudLog;
  readonly now: () => number;
  readonly overhear?: Overhear | undefined;
};

/** What passed a gateway: what was asked, and what was answered. */
export type Overheard = {
  readonly api: string;
  /** As in the template, `/orders/{id}`; of no route where there is none. */
  readonly route: string;
  readonly asked: Incoming;
  readonly answered: Answer;
};
export type Overhear = (passed: Overheard) => void;

/** API Gateway's own limit; the service's is lower and its own. */
const largestBody = 10 * 1024 * 1024;

/** One port for one REST API, with an empty base path. */
export const startGateway = (port: number, model: GatewayModel, on: Gateway): Promise<Listening> =>
  listen(port, (request, response) => {
    const requestId = randomUUID();
    answer(model, on, request, requestId)
      .then((answered) => send(response, requestId, answered))
      .catch((error: unknown) => {
        on.log.loud("gateway", error instanceof Error ? (error.stack ?? error.message) : String(error));
        response.destroy();
      });
  });

/** What becomes known of a request on the way: a late refusal can name it. The log, as on AWS, has no path. */
type Found = Facts & { authorizer: Facts["authorizer"]; route: string; asked?: Incoming };

const answer = async (
  model: GatewayModel,
  on: Gateway,
  request: IncomingMessage,
  requestId: string,
): Promise<Answer> => {
  const started = on.now();
  const facts: Found = {
    requestId,
    requestHeaders: textHeaders(request),
    authorizer: {},
    route: "(no route)",
  };
  const answered = await handle(model, on, request, facts).catch((error: unknown) => {
    if (error instanceof Refused) return renderRefusal(model, error, facts);
    throw error;
  });
  const taken = on.now() - started;
  on.log.write(model.name, `${request.method} ${facts.route} ${answered.status} ${taken} ms ${requestId}`);
  const { route, asked } = facts;
  if (asked) on.overhear?.({ api: model.name, route, asked, answered });
  return answered;
};

const handle = async (
  model: GatewayModel,
  on: Gateway,
  request: IncomingMessage,
  facts: Found,
): Promise<Answer> => {
  const body = await readBody(request, largestBody);
  if (!body) throw new Refused("REQUEST_TOO_LARGE");
  const incoming = incomingOf(request, facts.requestId, body, on.now());
  facts.asked = incoming;
  const matched = match(model, incoming.method, incoming.path);
  if (!matched) throw new Refused("MISSING_AUTHENTICATION_TOKEN");
  facts.route = matched.route.path;
  const { authorizer, answeredBy } = matched.route;
  const context = authorizer && (await authorize(model, authorizer, on, { incoming, matched }));
  if (context) Object.assign(facts.authorizer, context);
  if ("fixed" in answeredBy) return fixed(model, answeredBy.fixed, incoming);
  const event = proxyEvent(model, incoming, matched, context);
  const by = { sourceArn: methodArn(model, incoming), orElse: "API_CONFIGURATION_ERROR" } as const;
  return answerOf(payloadOf(await inTime(answeredBy, callFor(on, answeredBy, by, event))));
};

/** By its template, which knows where the API is deployed; callers are to find it here. */
const fixed = (model: GatewayModel, answer: Answer, { rawHeaders, host }: Incoming): Answer => {
  const type = headerOf(rawHeaders, "content-type") ?? "application/json";
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new Refused("UNSUPPORTED_MEDIA_TYPE");
  return { ...answer, body: Buffer.from(answer.body.toString().replaceAll(model.url, `http://${host}`)) };
};

const payloadOf = (invoked: Invoked): unknown => {
  if ("fault" in invoked) throw new Refused("INTEGRATION_FAILURE");
  return invoked.payload;
};

const inTime = async ({ timeoutMs }: FunctionCall, running: Promise<Invoked>): Promise<Invoked> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Refused("INTEGRATION_TIMEOUT")), timeoutMs);
  return Promise.race([running, late.promise]).finally(() => clearTimeout(timer));
};

const incomingOf = (request: IncomingMessage, requestId: string, body: Buffer, at: number): Incoming => {
  const host = request.headers.host ?? "localhost";
  const url = request.url ?? "/";
  const query = url.indexOf("?");
  return {
    requestId,
    at,
    host,
    method: request.method ?? "GET",
    path: query < 0 ? url : url.slice(0, query),
    query: new URLSearchParams(query < 0 ? "" : url.slice(query)),
    rawHeaders: [...request.rawHeaders, ...forwarded(request)],
    body: body.length > 0 ? body.toString("utf8") : null,
    sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
  };
};

const forwarded = (request: IncomingMessage): readonly string[] => [
  "X-Forwarded-Proto",
  "https",
  "X-Amzn-Trace-Id",
  `Root=1-${Math.floor(Date.now() / 1_000).toString(16)}-${randomUUID().replaceAll("-", "").slice(0, 24)}`,
  ...(request.headers["x-forwarded-for"] ? [] : ["X-Forwarded-For", request.socket.remoteAddress ?? ""]),
];

const textHeaders = (request: IncomingMessage): Facts["requestHeaders"] =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );

const send = (response: ServerResponse, requestId: string, answered: Answer): void => {
  const headers = Object.entries(answered.headers).map(([name, value]): [string, string | string[]] => [
    name,
    typeof value === "string" ? value : [...value],
  ]);
  response.writeHead(answered.status, {
    "x-amzn-requestid": requestId,
    ...Object.fromEntries(headers),
    "content-length": String(answered.body.length),
  });
  response.end(answered.body);
};
