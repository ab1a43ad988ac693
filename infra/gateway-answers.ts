import { ResponseType, type RestApi } from "aws-cdk-lib/aws-apigateway";

/** What the gateway answers by itself, before or instead of a handler, in the words of the API's protocol. */
export type GatewayAnswer = { readonly status: number; readonly code: string; readonly text: string };

const notFound = { status: 404, code: "not_found", text: "There is no such resource or method." };
const unauthorized = { status: 401, code: "unauthorized", text: "A valid license key is required." };
const forbidden = { status: 403, code: "forbidden", text: "This request is not allowed." };
const invalid = { status: 400, code: "invalid_request", text: "The request could not be read." };
const tooMany = { status: 429, code: "rate_limited", text: "Too many requests; try again later." };
const unavailable = {
  status: 503,
  code: "temporarily_unavailable",
  text: "The service could not answer; try again with the same idempotency key.",
};

/**
 * Every response type of API Gateway. A path or method that is not there comes as a missing token or, with a
 * bearer token, as a broken AWS signature: both are a plain 404, since no route is signed.
 */
export const gatewayAnswers = {
  ACCESS_DENIED: forbidden,
  API_CONFIGURATION_ERROR: unavailable,
  AUTHORIZER_CONFIGURATION_ERROR: unavailable,
  AUTHORIZER_FAILURE: unavailable,
  BAD_REQUEST_BODY: invalid,
  BAD_REQUEST_PARAMETERS: invalid,
  EXPIRED_TOKEN: notFound,
  INTEGRATION_FAILURE: unavailable,
  INTEGRATION_TIMEOUT: unavailable,
  INVALID_API_KEY: forbidden,
  INVALID_SIGNATURE: notFound,
  MISSING_AUTHENTICATION_TOKEN: notFound,
  QUOTA_EXCEEDED: tooMany,
  REQUEST_TOO_LARGE: { status: 413, code: "body_too_large", text: "The body is larger than 64 kB." },
  RESOURCE_NOT_FOUND: notFound,
  THROTTLED: tooMany,
  UNAUTHORIZED: unauthorized,
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    code: "unsupported_media_type",
    text: "The body must be application/json.",
  },
  WAF_FILTERED: forbidden,
  DEFAULT_4XX: { ...invalid, status: undefined },
  DEFAULT_5XX: unavailable,
} as const satisfies Record<string, Omit<GatewayAnswer, "status"> & { status: number | undefined }>;

/** How one API writes an error, as a gateway template. */
export type ErrorShape = {
  readonly contentType: string;
  readonly body: (answer: Omit<GatewayAnswer, "status"> & { status: number | undefined }) => object;
  /** Headers beyond the common ones, as gateway expressions. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** ACP's flat error: `type` follows from the status, `code` is ours. */
export const acpErrors: ErrorShape = {
  contentType: "application/json",
  body: ({ status, code, text }) => ({
    type: (status ?? 400) >= 500 ? "service_unavailable" : "invalid_request",
    code,
    message: text,
  }),
  headers: { "Request-Id": "method.request.header.Request-Id" },
};

/** RFC 9457 problem details. */
export const problemErrors: ErrorShape = {
  contentType: "application/problem+json",
  body: ({ status, code, text }) => ({
    type: "about:blank",
    title: code,
    ...(status === undefined ? {} : { status }),
    detail: text,
    code,
    instance: "urn:request:$context.requestId",
  }),
};

/** Made by the gateway construct, which deploys anew when one changes: a deployment is a picture of the API. */
export const addAnswers = (gateway: RestApi, errors: ErrorShape): void => {
  for (const [type, answer] of Object.entries(gatewayAnswers)) {
    gateway.addGatewayResponse(`answer-${type.toLowerCase().replaceAll("_", "-")}`, {
      type: ResponseType.of(type),
      ...(answer.status === undefined ? {} : { statusCode: `${answer.status}` }),
      responseHeaders: {
        "Content-Type": `'${errors.contentType}'`,
        "Cache-Control": "'no-store'",
        "X-Content-Type-Options": "'nosniff'",
        ...(answer.status === 401 ? { "WWW-Authenticate": "'Bearer'" } : {}),
        ...(answer.status === 429 || answer.status === 503 ? { "Retry-After": "'5'" } : {}),
        ...errors.headers,
      },
      templates: { "application/json": JSON.stringify(errors.body(answer)) },
    });
  }
};
