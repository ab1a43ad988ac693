import type { Account, Stripe } from "#functions/payment/stripe.ts";
import { type StripeRequest, stripeOver } from "#functions/payment/stripe-request.ts";
import { createEngine, type Engine, type EngineRequest } from "#infra/local/stripe/engine.ts";
import type { FaultInput } from "#infra/local/stripe/faults.ts";
import { parseForm, toForm } from "#infra/local/stripe/form.ts";
import type { Dispute, Intent, Refund } from "#infra/local/stripe/objects.ts";
import type { State } from "#infra/local/stripe/state.ts";

export type FakeStripe = Stripe & {
  readonly state: State;
  fail(fault: FaultInput): void;
  /** Oldest first. */
  intents(): Intent[];
  refunds(): Refund[];
  disputes(): Dispute[];
  /** What banks do, when a test says so. */
  readonly bank: Engine["bank"];
  readonly ledger: Engine["ledger"];
  readonly takeEvents: Engine["takeEvents"];
  /** Grants a shared payment token as Stripe's test helper does. */
  grant(limits: { currency: string; maxAmount: number; expiresAt?: number; paymentMethod?: string }): string;
};

/**
 * Stripe without a network: the embedded engine behind the real port, so requests are encoded and answers read by
 * the code that runs in production. Faults in which the caller hears nothing are `unknown` at once.
 */
export const fakeStripe = (now: () => number): FakeStripe => {
  const engine = createEngine({ now });
  const port = stripeOver(async (of, request) => {
    const result = engine.handle(toEngine(of, request));
    if ("silent" in result) return { outcome: "unknown", reason: result.silent, keySpent: false };
    const { status, body, headers } = result;
    return { status, body, replayed: headers["idempotent-replayed"] === "true" };
  });
  return {
    ...port,
    state: engine.state,
    fail: engine.fail,
    bank: engine.bank,
    ledger: engine.ledger,
    takeEvents: engine.takeEvents,
    intents: () => engine.state.all("intent").sort((left, right) => left.sequence - right.sequence),
    refunds: () => engine.state.all("refund"),
    disputes: () => engine.state.all("dispute"),
    grant: ({ currency, maxAmount, expiresAt, paymentMethod = "pm_card_visa" }) => {
      const limits = { currency, max_amount: maxAmount, ...(expiresAt && { expires_at: expiresAt }) };
      const result = engine.handle({
        method: "POST",
        path: "/v1/test_helpers/shared_payment/granted_tokens",
        form: toForm({ payment_method: paymentMethod, usage_limits: limits }),
        headers: { authorization: "Bearer sk_test_fake" },
      });
      return String(("body" in result ? (result.body as { id: unknown }) : { id: "" }).id);
    },
  };
};

const toEngine = (of: Account, { method, path, params, key, version }: StripeRequest): EngineRequest => {
  const [plain = "", query = ""] = path.split("?");
  return {
    method,
    path: plain,
    form: method === "GET" ? parseForm(query) : toForm(params),
    headers: {
      authorization: of.livemode ? "Bearer sk_live_fake" : "Bearer sk_test_fake",
      "idempotency-key": key,
      "stripe-account": of.stripeAccount,
      "stripe-version": version,
    },
  };
};
