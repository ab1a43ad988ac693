import type { APIGatewayProxyResult } from "aws-lambda";
import type { Answer } from "./route.ts";

/** As API Gateway wants it. Answers are for the one who asked: no cache keeps them unless the answer says so. */
export const proxyResult = (answer: Answer): APIGatewayProxyResult => ({
  statusCode: answer.status,
  headers: headersOf({
    ...(answer.body === undefined ? {} : { "content-type": "application/json" }),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...answer.headers,
  }),
  body: answer.text ?? (answer.body === undefined ? "" : JSON.stringify(answer.body)),
});

/** Some values are a caller's own (`Request-Id`): they must not end the header they stand in. */
const headersOf = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      value.replace(/[^\t\x20-\x7e]/g, ""),
    ]),
  );
