import { z } from "zod";
import { loggedFault } from "#functions/runtime/fault.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { type ReadSecret, secretsClient } from "#functions/runtime/secrets.client.ts";
import type { Caller } from "#functions/values/caller.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { authorize } from "./authorize.ts";
import { licenseKeyStore } from "./license-key.store.ts";
import { liveAllowedOn } from "./livemode.ts";
import { peppersFrom } from "./pepper.ts";

/** What we read of API Gateway's REQUEST authorizer event: headers only, so a key in the URL is never seen. */
const AuthorizerEvent = z.object({
  methodArn: z.string(),
  headers: z.record(z.string(), z.string()).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(z.string())).nullish(),
});
type AuthorizerEvent = z.infer<typeof AuthorizerEvent>;

/** Before every request of both APIs. Only an error with the very text `Unauthorized` becomes a 401. */
export const wire = (on: Platform & { readSecret: ReadSecret }): LambdaHandler => {
  const authorized = authorize({
    ...on,
    keys: licenseKeyStore(on.table),
    readPeppers: peppersFrom(on.readSecret, on.environment.get("PEPPER_SECRET_ARN")),
    liveAllowed: liveAllowedOn(on.environment.get("STAGE")),
  });
  return async (event, context) => {
    try {
      const request = AuthorizerEvent.parse(event);
      return allowed(await authorized(authorizationOf(request)), request.methodArn);
    } catch (error) {
      if (error instanceof Refusal) throw new Error("Unauthorized");
      // Every 401 is a failed call to Lambda's own metric, so strangers could ring an alarm on that.
      on.count("AuthorizerFault");
      throw loggedFault(on.log, "the authorizer failed", error, { requestId: context.awsRequestId });
    }
  };
};

/** All values of the header in all spellings of its name. */
const authorizationOf = ({ headers, multiValueHeaders }: AuthorizerEvent): string[] =>
  Object.entries(multiValueHeaders ?? headers ?? {})
    .filter(([name]) => name.toLowerCase() === "authorization")
    .flatMap(([, values]) => values);

/** The whole stage: what a key may do there is its scopes' business, which `apiHandler` checks by route. */
const allowed = (caller: Caller, methodArn: string) => ({
  principalId: caller.principalId,
  policyDocument: {
    Version: "2012-10-17",
    Statement: [
      {
        Action: "execute-api:Invoke",
        Effect: "Allow",
        Resource: `${methodArn.split("/").slice(0, 2).join("/")}/*/*`,
      },
    ],
  },
  context: { caller: JSON.stringify(caller) },
});

export const handler = lambda(wire, { readSecret: secretsClient });
