import type { Reply, Service } from "./aws.ts";
import type { Invoked, Lambda } from "./lambda.ts";

/** The one route of the Lambda API that is needed: the operator's command line invokes by it. */
export const lambdaService =
  (lambda: Lambda): Service =>
  async ({ raw, headers, principal }): Promise<Reply> => {
    const name = /\/functions\/([^/?]+)\/invocations/.exec(headers["x-local-path"] ?? "")?.[1] ?? "";
    const target = lambda.find(decodeURIComponent(name));
    principal.may("lambda:InvokeFunction", target.arn);
    const event = raw.length > 0 ? (JSON.parse(raw.toString("utf8")) as unknown) : {};
    const running = lambda.invoke(target, event, principal.name);
    if (headers["x-amz-invocation-type"] === "Event") return answer(202, "");
    return answerOf(await running);
  };

const answerOf = (invoked: Invoked): Reply =>
  "fault" in invoked
    ? answer(200, JSON.stringify(invoked.fault), { "x-amz-function-error": "Unhandled" })
    : answer(200, JSON.stringify(invoked.payload));

const answer = (status: number, body: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json", "x-amz-executed-version": "$LATEST", ...headers },
  body: Buffer.from(body),
});
