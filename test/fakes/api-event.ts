import type { LambdaHandler } from "#functions/runtime/lambda.ts";
import type { Caller } from "#functions/values/caller.ts";
import { Scope } from "#functions/values/scope.ts";
import { aContext } from "./memory-platform.ts";

export const aCaller = (over: Partial<Caller> = {}): Caller => ({
  storeId: "store_00000000000000000000000001",
  principalId: "prn_00000000000000000000000001",
  keyId: "00000000000000000001",
  role: "admin",
  scopes: [...Scope.options],
  livemode: false,
  ...over,
});

export type ApiCall = {
  method?: string;
  path?: string;
  /** The route's path with its parameters' names; absent: the path itself. */
  resource?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  /** Sent as JSON, text as it is, bytes in base64 as API Gateway encodes them. */
  body?: unknown;
  /** `null`: no authorizer ran. */
  caller?: Caller | null;
  /** As the authorizer counted. */
  quota?: string;
  /** As a rule no two requests have the same. */
  requestId?: string;
};

let requests = 0;
const newRequestId = (): string => {
  requests += 1;
  return `request-${requests}`;
};

/** As API Gateway sends it (REST proxy, format 1.0). A POST has an idempotency key, a body its content type. */
export const apiEvent = (call: ApiCall = {}) => {
  const { method = "GET", path = "/", caller = aCaller(), query = {} } = call;
  const text = textOf(call.body);
  return {
    httpMethod: method,
    path,
    resource: call.resource ?? path,
    headers: {
      ...(text === null ? {} : { "Content-Type": "application/json" }),
      ...(method === "POST" ? { "Idempotency-Key": "key-1" } : {}),
      ...call.headers,
    },
    multiValueHeaders: {},
    queryStringParameters: Object.keys(query).length === 0 ? null : query,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body: call.body instanceof Uint8Array ? Buffer.from(call.body).toString("base64") : text,
    isBase64Encoded: call.body instanceof Uint8Array,
    requestContext: {
      requestId: call.requestId ?? newRequestId(),
      authorizer:
        caller === null
          ? {}
          : { caller: JSON.stringify(caller), ...(call.quota !== undefined && { quota: call.quota }) },
    },
  };
};

const textOf = (body: unknown): string | null => {
  if (body === undefined) return null;
  return typeof body === "string" ? body : JSON.stringify(body);
};

export type ApiAnswer = { statusCode: number; headers: Record<string, string>; text: string; body: never };

/** Calls an API handler as API Gateway would; `body` is the parsed answer. */
export const callApi = async (handler: LambdaHandler, call: ApiCall): Promise<ApiAnswer> => {
  const result = (await handler(apiEvent(call), aContext())) as {
    statusCode: number;
    headers: Record<string, string>;
    body: string;
  };
  const { statusCode, headers, body: text } = result;
  return { statusCode, headers, text, body: (text === "" ? undefined : JSON.parse(text)) as never };
};
