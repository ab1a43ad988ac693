import type { LambdaHandler } from "#functions/runtime/lambda.ts";
import type { Caller } from "#functions/values/caller.ts";
import { someFacts } from "#test/examples.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { aCaller } from "./a-store.ts";

type Request = {
  readonly caller?: Caller;
  readonly body?: unknown;
  readonly query?: Record<string, string>;
  readonly params?: Record<string, string>;
};

/** Calls a handler as API Gateway does, its authorizer having let the caller in. */
export const callApi = async (
  handler: LambdaHandler,
  route: `${string} /${string}`,
  { caller = aCaller(), body, query, params }: Request = {},
) => {
  const [httpMethod, path] = route.split(" ");
  const answer = (await handler(
    {
      httpMethod,
      path,
      resource: path,
      headers: { "Content-Type": "application/json" },
      queryStringParameters: query ?? null,
      pathParameters: params ?? null,
      body: body === undefined ? null : JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: { requestId: someFacts().requestId, authorizer: { caller: JSON.stringify(caller) } },
    },
    aContext(),
  )) as { statusCode: number; body: string };
  return { status: answer.statusCode, body: JSON.parse(answer.body) };
};
