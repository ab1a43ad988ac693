import { account } from "./aws.ts";
import type { GatewayModel, GatewayRoute } from "./gateway-model.ts";
import { type Answer, Refused } from "./gateway-response.ts";

/** An HTTP request as the gateway read it. */
export type Incoming = {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Name and value in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: string | null;
  readonly at: number;
  readonly host: string;
  readonly sourceIp: string;
};

export type Matched = { readonly route: GatewayRoute; readonly params: Readonly<Record<string, string>> };

/** A literal segment wins over a parameter, as in API Gateway; `{name+}` takes the rest. */
export const match = (model: GatewayModel, method: string, path: string): Matched | undefined =>
  model.routes
    .filter((route) => route.method === method || route.method === "ANY")
    .map((route) => ({ route, params: paramsOf(route.path, path.replace(/(.)\/$/, "$1")) }))
    .filter((each): each is Matched => each.params !== undefined)
    .sort((left, right) => literals(right.route.path) - literals(left.route.path))[0];

const literals = (path: string): number => path.split("/").filter((each) => !each.startsWith("{")).length;

const paramsOf = (pattern: string, path: string): Readonly<Record<string, string>> | undefined => {
  const names = [...pattern.matchAll(/\{([^}+]+)\+?\}/g)].map(([, name]) => name ?? "");
  const literal = pattern.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  const values = new RegExp(
    `^${literal.replace(/\{[^}]+\\\+\}/g, "(.+)").replace(/\{[^}]+\}/g, "([^/]+)")}$`,
  ).exec(path);
  return values
    ? Object.fromEntries(names.map((name, index) => [name, decode(values[index + 1] ?? "")]))
    : undefined;
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refused("BAD_REQUEST_BODY", "Malformed path");
  }
};

/** The request part of proxy event format 1.0; the authorizer gets it without a body. */
export const proxyEvent = (
  model: GatewayModel,
  incoming: Incoming,
  { route, params }: Matched,
  authorizer?: Readonly<Record<string, string>>,
): Record<string, unknown> => {
  const headers = grouped(pairsOf(incoming.rawHeaders));
  const query = grouped([...incoming.query]);
  return {
    resource: route.path,
    path: incoming.path,
    httpMethod: incoming.method,
    ...lastAndAll("headers", "multiValueHeaders", headers),
    ...lastAndAll("queryStringParameters", "multiValueQueryStringParameters", query),
    pathParameters: Object.keys(params).length > 0 ? params : null,
    stageVariables: null,
    requestContext: contextOf(model, incoming, route, authorizer),
    body: incoming.body,
    isBase64Encoded: false,
  };
};

export const methodArn = (model: GatewayModel, incoming: Incoming): string =>
  `arn:aws:execute-api:us-east-1:${account}:${model.id}/${model.stage}/${incoming.method}${incoming.path}`;

const contextOf = (
  model: GatewayModel,
  incoming: Incoming,
  route: GatewayRoute,
  authorizer: Readonly<Record<string, string>> | undefined,
) => ({
  accountId: account,
  apiId: model.id,
  ...(authorizer ? { authorizer: { ...authorizer, integrationLatency: 0 } } : {}),
  domainName: incoming.host,
  domainPrefix: model.id,
  extendedRequestId: incoming.requestId,
  httpMethod: incoming.method,
  identity: {
    sourceIp: incoming.sourceIp,
    userAgent: headerOf(incoming.rawHeaders, "user-agent") ?? null,
    accountId: null,
    apiKey: null,
    caller: null,
    user: null,
    userArn: null,
  },
  path: incoming.path,
  protocol: "HTTP/1.1",
  requestId: incoming.requestId,
  requestTimeEpoch: incoming.at,
  resourceId: route.resourceId,
  resourcePath: route.path,
  stage: model.stage,
});

const pairsOf = (raw: readonly string[]): readonly [string, string][] =>
  raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""]] : []));

export const headerOf = (raw: readonly string[], name: string): string | undefined =>
  pairsOf(raw).findLast(([key]) => key.toLowerCase() === name)?.[1];

const grouped = (pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> => {
  const all = new Map<string, readonly string[]>();
  for (const [name, value] of pairs) all.set(name, [...(all.get(name) ?? []), value]);
  return all;
};

const lastAndAll = (last: string, all: string, values: ReadonlyMap<string, readonly string[]>) => ({
  [last]: values.size > 0 ? Object.fromEntries([...values].map(([name, each]) => [name, each.at(-1)])) : null,
  [all]: values.size > 0 ? Object.fromEntries(values) : null,
});

type Result = {
  readonly statusCode?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly unknown[]>>;
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
};

/** A function's proxy result as an answer; anything of another shape is a malformed proxy response, a 502. */
export const answerOf = (payload: unknown): Answer => {
  const result = payload as Result | null;
  const status = Number(result?.statusCode);
  const body = result?.body ?? "";
  if (result === null || typeof result !== "object" || !Number.isInteger(status) || typeof body !== "string")
    throw new Refused("INTEGRATION_FAILURE", "Internal server error");
  return {
    status,
    headers: { "content-type": "application/json", ...headersFrom(result) },
    body: Buffer.from(body, result.isBase64Encoded ? "base64" : "utf8"),
  };
};

const headersFrom = (result: Result): Record<string, string | readonly string[]> => {
  const single = Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  const multiple = Object.entries(result.multiValueHeaders ?? {}).map(
    ([name, values]) => [name, values.map(String)] as const,
  );
  return Object.fromEntries(
    [...single, ...multiple].map(([name, value]) => [remapped(name.toLowerCase()), value]),
  );
};

/** The gateway keeps these names for itself and hands a function's own on under another. */
const remapped = (name: string): string =>
  ["connection", "content-length", "date", "server", "transfer-encoding", "www-authenticate"].includes(name)
    ? `x-amzn-remapped-${name}`
    : name;
