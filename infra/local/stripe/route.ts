import { Failure } from "./failure.ts";
import type { Form } from "./form.ts";
import { grantToken, revokeToken, showToken } from "./granted-tokens.ts";
import { cancelIntent, captureIntent, createIntent, listIntents, showIntent } from "./payment-intents.ts";
import { createRefund, listRefunds } from "./refunds.ts";
import type { State } from "./state.ts";

/** An authenticated request. */
export type Call = {
  readonly form: Form;
  readonly state: State;
  /** Seconds, as Stripe counts. */
  readonly now: number;
  readonly livemode: boolean;
  /** Mode and account: what belongs to another is not there. */
  readonly owner: string;
  readonly version: string | undefined;
};

type Operation = (call: Call, id: string) => unknown;

const intents = "/v1/payment_intents";
const tokens = "/v1/shared_payment/granted_tokens";
const routes: readonly (readonly [string, Operation])[] = [
  [`POST ${intents}`, createIntent],
  [`GET ${intents}`, listIntents],
  [`GET ${intents}/:id`, showIntent],
  [`POST ${intents}/:id/capture`, captureIntent],
  [`POST ${intents}/:id/cancel`, cancelIntent],
  ["POST /v1/refunds", createRefund],
  ["GET /v1/refunds", listRefunds],
  [`GET ${tokens}/:id`, showToken],
  ["POST /v1/test_helpers/shared_payment/granted_tokens", grantToken],
  ["POST /v1/test_helpers/shared_payment/granted_tokens/:id/revoke", revokeToken],
];

/** What this engine does not do it says loudly, as Stripe says of an address that it does not have. */
export const operationOf = (method: string, path: string): ((call: Call) => unknown) => {
  for (const [route, operation] of routes) {
    const match = new RegExp(`^${route.replace(":id", "([^/]+)")}$`).exec(`${method} ${path}`);
    if (match) return (call) => operation(call, match[1] ?? "");
  }
  const message = `Unrecognized request URL (${method}: ${path}).`;
  throw new Failure(404, { type: "invalid_request_error", message }, true);
};
