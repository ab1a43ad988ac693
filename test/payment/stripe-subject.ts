import { afterAll, beforeAll } from "vitest";
import { stripeWith } from "#functions/payment/stripe.client.ts";
import type {
  NewPaymentIntent,
  PaymentIntent,
  RefundAnswer,
  Stripe,
  StripeRefund,
} from "#functions/payment/stripe.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import type { Engine } from "#infra/local/stripe/engine.ts";
import type { FaultInput } from "#infra/local/stripe/faults.ts";
import { type EmbeddedStripe, startStripe } from "#infra/local/stripe/start-stripe.ts";
import type { State } from "#infra/local/stripe/state.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

/** One contract for what the operations are tested with and for what production sends through the SDK. */
export type Subject = {
  readonly stripe: Stripe;
  readonly state: State;
  fail(fault: FaultInput): void;
  readonly bank: Engine["bank"];
  readonly ledger: Engine["ledger"];
  readonly takeEvents: Engine["takeEvents"];
  /** A shared payment token for this much. */
  grant(currency: string, maxAmount: number): Promise<string>;
};

/** Moves for both subjects alike. */
export const clock = {
  at: Date.UTC(2026, 10, 23, 12),
  advance: (milliseconds: number) => {
    clock.at += milliseconds;
  },
};
const now = () => clock.at;

/** For `describe.each`: starts and stops what the second subject needs in the file that asks. */
export const subjects = (): [string, () => Subject][] => {
  let embedded: EmbeddedStripe;
  beforeAll(async () => {
    embedded = await startStripe({ now });
  });
  afterAll(() => embedded.stop());
  return [
    ["the fake", faked],
    ["the SDK and the embedded Stripe", () => overHttp(embedded)],
  ];
};

const faked = (): Subject => {
  const stripe = fakeStripe(now);
  return {
    stripe,
    state: stripe.state,
    fail: stripe.fail,
    bank: stripe.bank,
    ledger: stripe.ledger,
    takeEvents: stripe.takeEvents,
    grant: async (currency, maxAmount) => stripe.grant({ currency, maxAmount }),
  };
};

export const overHttp = (
  embedded: EmbeddedStripe,
  keys = '{"test":"sk_test_1","live":"sk_live_1"}',
): Subject => ({
  stripe: stripeWith(
    environmentOf({ STRIPE_SECRET_ARN: "arn:stripe", STRIPE_API_BASE: embedded.url }),
    async () => keys,
  ),
  state: embedded.state,
  fail: embedded.fail,
  bank: embedded.bank,
  ledger: embedded.ledger,
  takeEvents: embedded.takeEvents,
  grant: async (currency, maxAmount) => {
    const response = await fetch(`${embedded.url}/v1/test_helpers/shared_payment/granted_tokens`, {
      method: "POST",
      headers: { authorization: "Bearer sk_test_1" },
      body: new URLSearchParams({
        payment_method: "pm_card_visa",
        "usage_limits[currency]": currency,
        "usage_limits[max_amount]": String(maxAmount),
      }),
    });
    return ((await response.json()) as { id: string }).id;
  },
});

export const testMode = { livemode: false };

let attempts = 0;
/** Another attempt, so another key. */
export const aKey = () => {
  attempts += 1;
  return `chk_${attempts}:authorize:1`;
};

export const wanted = (token = "pm_card_visa", more: Partial<NewPaymentIntent> = {}): NewPaymentIntent => ({
  amount: 2_390,
  currency: "eur",
  token: { kind: token.startsWith("spt_") ? "spt" : "pm", token },
  metadata: { store: "store_1", checkout: `chk_${attempts}`, attempt: "1" },
  ...more,
});

export const authorize = async ({ stripe }: Subject, token?: string, more?: Partial<NewPaymentIntent>) =>
  stripe.createPaymentIntent(testMode, wanted(token, more), aKey());

export const authorized = async (subject: Subject, token?: string): Promise<PaymentIntent> => {
  const answer = await authorize(subject, token);
  if (answer.outcome !== "authorized") throw new Error(answer.outcome);
  return answer.intent;
};

/** Paid for 23.90. */
export const captured = async (subject: Subject, token?: string): Promise<PaymentIntent> => {
  const { id } = await authorized(subject, token);
  const answer = await subject.stripe.capturePaymentIntent(testMode, id, `${id}:capture`);
  if (answer.outcome !== "answered") throw new Error(answer.outcome);
  return answer.intent;
};

/** The PaymentIntent as it is now. */
export const intentNow = async ({ stripe }: Subject, id: string): Promise<PaymentIntent> => {
  const answer = await stripe.retrievePaymentIntent(testMode, id);
  if (answer.outcome !== "answered") throw new Error(answer.outcome);
  return answer.intent;
};

export const refund = async (
  { stripe }: Subject,
  paymentIntentId: string,
  amount?: number,
): Promise<RefundAnswer> =>
  stripe.refundPaymentIntent(testMode, { paymentIntentId, amount, metadata: { refund: "1" } }, aKey());

export const refunded = async (subject: Subject, id: string, amount?: number): Promise<StripeRefund> => {
  const answer = await refund(subject, id, amount);
  if (answer.outcome !== "answered") throw new Error(JSON.stringify(answer));
  return answer.refund;
};
