import { ResponseType, type RestApi } from "aws-cdk-lib/aws-apigateway";
import { refusalOf } from "#functions/acp/errors.ts";
import { newest } from "#functions/acp/version.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { Refusal, type RefusalCode } from "#functions/values/refusal.ts";

type Told = { readonly code: RefusalCode; readonly text: string };

const notFound: Told = { code: "not_found", text: "There is no such resource or method." };
const unauthorized: Told = { code: "unauthorized", text: "A valid license key is required." };
const forbidden: Told = { code: "forbidden", text: "This request is not allowed." };
/** The authorizer denies nothing else: a key that may not do something is the route's to refuse. */
const exposed: Told = {
  code: "license_key_exposed",
  text: "A license key stands outside the Authorization header. It counts as exposed: roll it.",
};
const invalid: Told = { code: "invalid_request", text: "The request could not be read." };
const tooMany: Told = { code: "rate_limited", text: "Too many requests; try again later." };
const tooLarge: Told = { code: "body_too_large", text: "The body is larger than 64 kB." };
const otherType: Told = { code: "unsupported_media_type", text: "The body must be application/json." };
const unavailable: Told = {
  code: "temporarily_unavailable",
  text: "The service could not answer; try again with the same idempotency key.",
};

/**
 * What the gateway answers by itself, before or instead of a handler: every response type of API Gateway. A path
 * or method that is not there comes as a missing token or, with a bearer token, as a broken AWS signature: both
 * are a plain 404, since no route is signed.
 */
export const gatewayAnswers = {
  ACCESS_DENIED: exposed,
  API_CONFIGURATION_ERROR: unavailable,
  AUTHORIZER_CONFIGURATION_ERROR: unavailable,
  AUTHORIZER_FAILURE: unavailable,
  BAD_REQUEST_BODY: invalid,
  BAD_REQUEST_PARAMETERS: invalid,
  DEFAULT_4XX: invalid,
  DEFAULT_5XX: unavailable,
  EXPIRED_TOKEN: notFound,
  INTEGRATION_FAILURE: unavailable,
  INTEGRATION_TIMEOUT: unavailable,
  INVALID_API_KEY: forbidden,
  INVALID_SIGNATURE: notFound,
  MISSING_AUTHENTICATION_TOKEN: notFound,
  QUOTA_EXCEEDED: tooMany,
  REQUEST_TOO_LARGE: tooLarge,
  RESOURCE_NOT_FOUND: notFound,
  THROTTLED: tooMany,
  UNAUTHORIZED: unauthorized,
  UNSUPPORTED_MEDIA_TYPE: otherType,
  WAF_FILTERED: forbidden,
} as const satisfies Record<string, Told>;

/** How one API writes a refusal: its handlers' own words, so that a caller can't tell who refused. */
export type ErrorShape = {
  readonly contentType: string;
  readonly answerTo: (refusal: Refusal) => { readonly status: number; readonly body?: unknown };
  /** Headers beyond the common ones, as gateway expressions. */
  readonly headers?: Readonly<Record<string, string>>;
};

export const acpErrors: ErrorShape = {
  contentType: "application/json",
  answerTo: (refusal) => refusalOf(refusal, newest),
  headers: { "Request-Id": "method.request.header.Request-Id" },
};

export const problemErrors: ErrorShape = {
  contentType: "application/problem+json",
  answerTo: (refusal) =>
    problemDetails.refused(refusal, {
      // The gateway puts its own in.
      requestId: "$context.requestId",
      headers: {},
      idempotency: undefined,
      deadline: 0,
    }),
};

/** A type without an answer of its own is answered, status included, by its class: one resource for many types. */
const isSaidByClass = ([type, told]: readonly [string, Told]): boolean => {
  const isFault = /^(API_CONFIGURATION|AUTHORIZER|INTEGRATION)_/.test(type);
  const byClass = isFault ? gatewayAnswers.DEFAULT_5XX : gatewayAnswers.DEFAULT_4XX;
  return told === byClass && !type.startsWith("DEFAULT_");
};

/** Made by the gateway construct, which deploys anew when one changes: a deployment is a picture of the API. */
export const addAnswers = (gateway: RestApi, errors: ErrorShape): void => {
  const answers = Object.entries(gatewayAnswers).filter((each) => !isSaidByClass(each));
  for (const [type, { code, text }] of answers) {
    const { status, body } = errors.answerTo(new Refusal(code, text));
    gateway.addGatewayResponse(`answer-${type.toLowerCase().replaceAll("_", "-")}`, {
      type: ResponseType.of(type),
      statusCode: `${status}`,
      responseHeaders: {
        "Content-Type": `'${errors.contentType}'`,
        "Cache-Control": "'no-store'",
        "X-Content-Type-Options": "'nosniff'",
        ...(status === 401 ? { "WWW-Authenticate": "'Bearer'" } : {}),
        ...(status === 429 || status === 503 ? { "Retry-After": "'5'" } : {}),
        ...errors.headers,
      },
      templates: { "application/json": JSON.stringify(body) },
    });
  }
};
