import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  AwsError,
  type Call,
  isReply,
  type JsonObject,
  NotEmbedded,
  type Reply,
  type Service,
} from "./aws.ts";
import type { Tapped } from "./fault-tap.ts";
import { type Listening, listen, readBody } from "./http.ts";
import type { Iam } from "./iam.ts";
import { lambdaRoutes } from "./lambda-api.ts";
import type { Ledger } from "./ledger.ts";
import type { CloudLog } from "./log.ts";

type Front = {
  readonly iam: Iam;
  readonly ledger: Ledger;
  readonly log: CloudLog;
  readonly tapped: Tapped;
  /** Engines by the service's name in the signature's scope. */
  readonly services: Readonly<Record<string, Service>>;
};

/** Every AWS API on one port, as `AWS_ENDPOINT_URL` wants it: the signature's scope names the service. */
export const startFront = (port: number, front: Front): Promise<Listening> =>
  listen(port, (request, response) => {
    answer(front, request)
      .then((reply) => send(response, reply))
      .catch((error: unknown) => send(response, failure(front, error)));
  });

const answer = async (front: Front, request: IncomingMessage): Promise<Reply> => {
  const raw = (await readBody(request, 16 * 1024 * 1024)) ?? Buffer.alloc(0);
  const call = callOf(front, request, raw);
  const service = front.services[call.service];
  if (!service) throw new NotEmbedded(`service ${call.service}`);
  const { action, body, principal } = call;
  const ended = front.ledger.count({ service: call.service, action, by: principal.name, body });
  const step = { service: call.service, action, function: principal.name };
  const answered = await front.tapped(step, () => service(call)).finally(ended);
  return isReply(answered) ? answered : json(200, answered);
};

const callOf = (front: Front, request: IncomingMessage, raw: Buffer): Call => {
  const scope = /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(
    request.headers.authorization ?? "",
  );
  if (!scope)
    throw new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
  const [, accessKeyId = "", service = ""] = scope;
  return {
    service,
    action: actionOf(service, request),
    body: bodyOf(service, raw),
    raw,
    headers: { ...textHeaders(request), "x-local-route": routeOf(request) },
    principal: front.iam.signer(accessKeyId),
  };
};

const routeOf = ({ method, url = "/" }: IncomingMessage): string => `${method} ${url}`;

/** `X-Amz-Target: AmazonSQS.SendMessage`; Lambda alone speaks REST. */
const actionOf = (service: string, request: IncomingMessage): string => {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    const [prefix = "", action = ""] = target.split(".");
    return prefix.startsWith("DynamoDBStreams") ? `Streams.${action}` : action;
  }
  const [route] = Object.entries(lambdaRoutes).find(([, path]) => path.test(routeOf(request))) ?? [];
  if (service === "lambda" && route !== undefined) return route;
  throw new NotEmbedded(`${service} ${request.method} ${request.url}`);
};

const bodyOf = (service: string, raw: Buffer): JsonObject => {
  if (service === "lambda" || raw.length === 0) return {};
  try {
    return JSON.parse(raw.toString("utf8")) as JsonObject;
  } catch {
    throw new AwsError("SerializationException", "the request's body is not JSON");
  }
};

const textHeaders = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value] as const] : [],
    ),
  );

const failure = (front: Front, error: unknown): Reply => {
  if (!(error instanceof AwsError)) {
    front.log.loud("front", error instanceof Error ? (error.stack ?? error.message) : String(error));
    return json(500, { __type: "InternalServerError", message: "the embedded cloud failed; see its log" });
  }
  if (error instanceof NotEmbedded) front.log.loud("front", error.message);
  return json(
    error.status,
    { __type: error.code, message: error.message, ...error.fields },
    { "x-amzn-errortype": error.code },
  );
};

const json = (status: number, body: JsonObject, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.0", ...headers },
  body: Buffer.from(JSON.stringify(body)),
});

const send = (response: ServerResponse, reply: Reply): void => {
  response.writeHead(reply.status, {
    "x-amzn-requestid": randomUUID(),
    ...reply.headers,
    "content-length": String(reply.body.length),
  });
  response.end(reply.body);
};
