import type { APIGatewayProxyEvent } from "aws-lambda";
import { Caller } from "#functions/values/caller.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { LambdaContext } from "./lambda.ts";
import { readQuota } from "./quota.ts";
import type { RequestFacts } from "./route.ts";

/** API Gateway's REST proxy event, format 1.0. */
export type ApiEvent = APIGatewayProxyEvent;

export const factsOf = (event: ApiEvent, context: LambdaContext, now: Instant): RequestFacts => ({
  requestId: event.requestContext?.requestId ?? context.awsRequestId,
  headers: headersOf(event),
  idempotency: undefined,
  quota: readQuota(event.requestContext?.authorizer?.["quota"]),
  deadline: now + context.getRemainingTimeInMillis(),
});

/** Lower-case names, and no prototype: a header may be called `constructor`. */
const headersOf = (event: ApiEvent): Readonly<Record<string, string | undefined>> =>
  Object.assign(
    Object.create(null),
    Object.fromEntries(
      Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
  );

/** As the authorizer wrote it; `undefined` where none ran. */
export const callerOf = (event: ApiEvent): Caller | undefined => {
  const text: unknown = event.requestContext?.authorizer?.["caller"];
  return typeof text === "string" ? Caller.parse(JSON.parse(text)) : undefined;
};

/** The path as it was asked for, without a last slash. */
export const pathOf = (event: ApiEvent): string => event.path.replace(/(?<=.)\/$/, "");

export const paramsOf = (event: ApiEvent): Record<string, string> =>
  Object.fromEntries(
    Object.entries(event.pathParameters ?? {}).map(([name, value]) => [name, decoded(value ?? "")]),
  );

export const queryOf = (event: ApiEvent): Record<string, string> =>
  Object.fromEntries(
    Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, value ?? ""]),
  );

/** Text that is not percent-encoded well stays as it is; the schema judges it. */
export const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
