import { NotEmbedded } from "./aws.ts";
import type { GatewayModel, GatewayResponse } from "./gateway-model.ts";

/** What the gateway itself answers. */
export class Refused extends Error {
  readonly type: keyof typeof defaults;
  constructor(type: keyof typeof defaults, message: string | null = defaults[type].message) {
    super(message ?? "null");
    this.type = type;
  }
}

/** API Gateway's own status and message by response type. */
const defaults = {
  ACCESS_DENIED: { status: 403, message: "User is not authorized to access this resource" },
  API_CONFIGURATION_ERROR: { status: 500, message: "Internal server error" },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, message: "Internal server error" },
  AUTHORIZER_FAILURE: { status: 500, message: "Internal server error" },
  BAD_REQUEST_BODY: { status: 400, message: "Invalid request body" },
  INTEGRATION_FAILURE: { status: 502, message: "Internal server error" },
  INTEGRATION_TIMEOUT: { status: 504, message: "Endpoint request timed out" },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, message: "Missing Authentication Token" },
  REQUEST_TOO_LARGE: { status: 413, message: "Request Too Long" },
  UNAUTHORIZED: { status: 401, message: "Unauthorized" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: "Unsupported Media Type" },
} as const satisfies Record<string, { status: number; message: string }>;

export type Facts = {
  readonly requestId: string;
  readonly requestHeaders: Readonly<Record<string, string | undefined>>;
  readonly authorizer: Readonly<Record<string, string>>;
};

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
};

/** Renders a refusal as the template's gateway response says: its own, else the default of its class. */
export const renderRefusal = (model: GatewayModel, refused: Refused, facts: Facts): Answer => {
  const own = model.responses.get(refused.type);
  const fallback = model.responses.get(defaults[refused.type].status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
  const response = own ?? fallback ?? { status: undefined, headers: {}, templates: {} };
  const value = valuesOf(refused, facts);
  const body = (response.templates["application/json"] ?? plain).replace(variable, (name) => value(name));
  return {
    status: response.status ?? defaults[refused.type].status,
    headers: {
      "content-type": "application/json",
      "x-amzn-errortype": errorTypes[refused.type] ?? "InternalServerErrorException",
      ...headersOf(response, facts, value),
    },
    body: Buffer.from(body),
  };
};

const plain = '{"message":$context.error.messageString}';
const variable = /\$(?:\{context\.[A-Za-z.]+\}|context\.[A-Za-z.]+)/g;

const errorTypes: Readonly<Record<string, string>> = {
  ACCESS_DENIED: "AccessDeniedException",
  MISSING_AUTHENTICATION_TOKEN: "MissingAuthenticationTokenException",
  UNAUTHORIZED: "UnauthorizedException",
  REQUEST_TOO_LARGE: "RequestTooLargeException",
  UNSUPPORTED_MEDIA_TYPE: "BadRequestException",
};

const valuesOf = (refused: Refused, facts: Facts) => (expression: string) => {
  const name = expression.replace(/[${}]/g, "");
  const values: Readonly<Record<string, string>> = {
    "context.error.message": refused.message,
    "context.error.messageString": JSON.stringify(refused.message),
    "context.error.responseType": refused.type,
    "context.requestId": facts.requestId,
    "context.extendedRequestId": facts.requestId,
  };
  return values[name] ?? facts.authorizer[name.replace("context.authorizer.", "")] ?? "";
};

/** `'text'`, `method.request.header.Name` or `context.…`; a header without a value is left out. */
const headersOf = (response: GatewayResponse, facts: Facts, value: (expression: string) => string) =>
  Object.fromEntries(
    Object.entries(response.headers)
      .map(([name, expression]) => [name.toLowerCase(), headerValue(expression, facts, value)] as const)
      .filter(([, text]) => text !== ""),
  );

const headerValue = (expression: string, facts: Facts, value: (expression: string) => string): string => {
  if (expression.startsWith("'")) return expression.slice(1, -1);
  const header = /^method\.request\.header\.(.+)$/.exec(expression)?.[1];
  return header ? (facts.requestHeaders[header.toLowerCase()] ?? "") : value(expression);
};

/** The gateway's template language is Velocity; here only variables are known. */
export const assertTemplate = (template: string, where: string): void => {
  const rest = template.replaceAll(variable, "");
  if (/#(if|set|foreach)|\$(input|util|context)/.test(rest))
    throw new NotEmbedded(`the response template of ${where}: ${template}`);
};
