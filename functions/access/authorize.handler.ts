import { z } from "zod";
import { limitFactorOf } from "#functions/runtime/counter.ts";
import { loggedFault } from "#functions/runtime/fault.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import { keysOutsideBody, reportKeys } from "#functions/runtime/misplaced-key.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { writeQuota } from "#functions/runtime/quota.ts";
import { type ReadSecret, secretsClient } from "#functions/runtime/secrets.client.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { authorize } from "./authorize.ts";
import { countRequest } from "./count-request.ts";
import { loggedDecisions } from "./decision.ts";
import { licenseKeyStore } from "./license-key.store.ts";
import { liveAllowedOn } from "./livemode.ts";
import { peppersFrom } from "./pepper.ts";
import { watchNetworks } from "./watch-networks.ts";

const Texts = z.record(z.string(), z.string()).nullish();
const ManyTexts = z.record(z.string(), z.array(z.string())).nullish();

/** What we read of API Gateway's REQUEST authorizer event. A key is taken from one header only, and looked for in all. */
const AuthorizerEvent = z.object({
  methodArn: z.string(),
  path: z.string().nullish(),
  headers: Texts,
  multiValueHeaders: ManyTexts,
  queryStringParameters: Texts,
  multiValueQueryStringParameters: ManyTexts,
  requestContext: z.object({ identity: z.object({ sourceIp: z.string().nullish() }).optional() }).optional(),
});
type AuthorizerEvent = z.infer<typeof AuthorizerEvent>;

/**
 * Before every request of both APIs. Only an error with the very text `Unauthorized` becomes a 401, and nothing but a key
 * in the wrong place is denied: the gateway tells that as 400 (`infra/gateway-answers.ts`).
 */
export const wire = (on: Platform & { readSecret: ReadSecret }): LambdaHandler => {
  const collaborators = {
    ...on,
    keys: licenseKeyStore(on.table),
    readPeppers: peppersFrom(on.readSecret, on.environment.get("PEPPER_SECRET_ARN")),
    liveAllowed: liveAllowedOn(on.environment.get("STAGE")),
  };
  const authorized = loggedDecisions(on.log, authorize(collaborators));
  const watch = watchNetworks(collaborators);
  const quotaOf = countRequest({ ...on, limitFactor: limitFactorOf(on.environment) });
  const judged = async (request: AuthorizerEvent) => {
    const misplaced = keysOutsideBody(request);
    if (misplaced.length > 0) {
      await reportKeys(on, misplaced);
      return { principalId: "nobody", policyDocument: policyOf("Deny", request) };
    }
    const address = addressOf(request);
    const caller = await authorized(authorizationOf(request), address);
    const { principalId } = caller;
    const [quota] = await Promise.all([quotaOf(caller), watch(caller, address)]);
    const context = { caller: JSON.stringify(caller), ...(quota && { quota: writeQuota(quota) }) };
    return { principalId, policyDocument: policyOf("Allow", request), context };
  };
  return async (event, context) => {
    try {
      return await judged(AuthorizerEvent.parse(event));
    } catch (error) {
      if (error instanceof Refusal) throw new Error("Unauthorized");
      // Every 401 is a failed call to Lambda's own metric, so strangers could ring an alarm on that.
      on.count("AuthorizerFault");
      throw loggedFault(on.log, "the authorizer failed", error, { requestId: context.awsRequestId });
    }
  };
};

const addressOf = ({ requestContext }: AuthorizerEvent): string | undefined =>
  requestContext?.identity?.sourceIp ?? undefined;

/** All values of the header in all spellings of its name. */
const authorizationOf = ({ headers, multiValueHeaders }: AuthorizerEvent): string[] =>
  Object.entries(multiValueHeaders ?? headers ?? {})
    .filter(([name]) => name.toLowerCase() === "authorization")
    .flatMap(([, values]) => values);

/** The whole stage: what a key may do there is its scopes' business, which `apiHandler` checks by route. */
const policyOf = (Effect: "Allow" | "Deny", { methodArn }: AuthorizerEvent) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Action: "execute-api:Invoke",
      Effect,
      Resource: `${methodArn.split("/").slice(0, 2).join("/")}/*/*`,
    },
  ],
});

export const handler = lambda(wire, { readSecret: secretsClient });
