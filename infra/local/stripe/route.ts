import type { Call } from "./call.ts";
import { closeDispute, listDisputes, showDispute, updateDispute } from "./disputes.ts";
import { listEvents, showEvent } from "./events.ts";
import { Failure } from "./failure.ts";
import { grantToken, revokeToken, showToken } from "./granted-tokens.ts";
import { cancelIntent, captureIntent, createIntent, listIntents, showIntent } from "./payment-intents.ts";
import { createRefund, listRefunds, showRefund } from "./refunds.ts";

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
  ["GET /v1/refunds/:id", showRefund],
  ["GET /v1/disputes", listDisputes],
  ["GET /v1/disputes/:id", showDispute],
  ["POST /v1/disputes/:id", updateDispute],
  ["POST /v1/disputes/:id/close", closeDispute],
  ["GET /v1/events", listEvents],
  ["GET /v1/events/:id", showEvent],
  [`GET ${tokens}/:id`, showToken],
  ["POST /v1/test_helpers/shared_payment/granted_tokens", grantToken],
  ["POST /v1/test_helpers/shared_payment/granted_tokens/:id/revoke", revokeToken],
];

const patterns = routes.map(([route, operation]) => ({
  pattern: new RegExp(`^${route.replace(":id", "([^/]+)")}$`),
  operation,
}));

/** What this engine does not do it says loudly, as Stripe says of an address that it does not have. */
export const operationOf = (method: string, path: string): ((call: Call) => unknown) => {
  for (const { pattern, operation } of patterns) {
    const match = pattern.exec(`${method} ${path}`);
    if (match) return (call) => operation(call, match[1] ?? "");
  }
  const message = `Unrecognized request URL (${method}: ${path}).`;
  throw new Failure(404, { type: "invalid_request_error", message }, true);
};
