import { type Calls, callFor } from "./gateway-caller.ts";
import type { GatewayAuthorizer, GatewayModel } from "./gateway-model.ts";
import { Refused } from "./gateway-response.ts";
import type { Invoked } from "./lambda.ts";
import { allows, type PolicyDocument, statementsOf } from "./policy.ts";
import { headerOf, type Incoming, type Matched, methodArn, proxyEvent } from "./proxy-event.ts";

type Request = { readonly incoming: Incoming; readonly matched: Matched };
type Verdict = {
  readonly principalId?: string;
  readonly policyDocument?: PolicyDocument;
  readonly context?: Readonly<Record<string, unknown>>;
};

/** Asks a REQUEST authorizer and gives what the function behind it will see, or refuses as API Gateway does. */
export const authorize = async (
  model: GatewayModel,
  authorizer: GatewayAuthorizer,
  on: Calls,
  { incoming, matched }: Request,
): Promise<Readonly<Record<string, string>>> => {
  if (authorizer.headers.some((name) => !headerOf(incoming.rawHeaders, name)))
    throw new Refused("UNAUTHORIZED");
  const {
    body: _,
    isBase64Encoded: __,
    ...request
  } = proxyEvent(model, { ...incoming, body: null }, matched);
  const event = { type: "REQUEST", methodArn: methodArn(model, incoming), ...request };
  const by = { sourceArn: authorizer.sourceArn, orElse: "AUTHORIZER_CONFIGURATION_ERROR" } as const;
  const verdict = verdictOf(await callFor(on, authorizer, by, event));
  if (!verdict.principalId || !verdict.policyDocument) throw new Refused("AUTHORIZER_CONFIGURATION_ERROR");
  const asked = { action: "execute-api:Invoke", resource: methodArn(model, incoming), context: {} };
  if (!allows(statementsOf(verdict.policyDocument), asked)) throw new Refused("ACCESS_DENIED");
  return { principalId: verdict.principalId, ...textContext(verdict.context ?? {}) };
};

/** Only an error with exactly this message is a 401; any other is the authorizer's own failure. */
const verdictOf = (invoked: Invoked): Verdict => {
  if (!("fault" in invoked)) return (invoked.payload ?? {}) as Verdict;
  throw new Refused(invoked.fault.errorMessage === "Unauthorized" ? "UNAUTHORIZED" : "AUTHORIZER_FAILURE");
};

/** Values arrive as text; a list or an object is refused. */
const textContext = (context: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(context).map(([name, value]) => {
      if (typeof value === "object") throw new Refused("AUTHORIZER_CONFIGURATION_ERROR");
      return [name, String(value)];
    }),
  );
