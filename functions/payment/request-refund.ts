import { type Clock, type Instant, minutes, seconds } from "#functions/values/clock.ts";
import { toStripeRefund } from "./currency.ts";
import { keyLife } from "./find-payment-intent.ts";
import { findRefund } from "./find-refund.ts";
import { type Payment, refundMetadataOf } from "./payment.ts";
import type { Stripe, StripeRefund } from "./stripe.ts";

export type RequestsRefunds = {
  stripe: Pick<Stripe, "refundPaymentIntent" | "listRefunds">;
  now: Clock;
  /** Milliseconds that this invocation may still take. */
  remaining: () => number;
};

export type WantedRefund = {
  readonly paymentIntentId: string;
  /** Which of the order's refunds. */
  readonly number: number;
  /** In our minor units. */
  readonly amount: number;
  /** Stripe's idempotency key: one for good. */
  readonly key: string;
  readonly requestedAt: Instant;
};

export type RequestedRefund =
  | { outcome: "refund"; refund: StripeRefund }
  | { outcome: "refused"; code: string }
  | { outcome: "unknown" };

const unknown: RequestedRefund = { outcome: "unknown" };

/** Stripe is given 10 seconds; begun with less, an answer might find nobody left to write it down. */
const enough = seconds(11);

/**
 * Asks Stripe for this one refund: the first time it is made, every other time the same key brings the same answer.
 * Where the key no longer tells, the refund is looked up before anything else. What is not there then was never
 * made, and is made under the same key as soon as Stripe has forgotten what it answered to it; unless another refund
 * carries its number, which then is refused for good: two of one number could not be told apart.
 */
export const requestRefund =
  (on: RequestsRefunds) =>
  async (payment: Payment, wanted: WantedRefund): Promise<RequestedRefund> => {
    if (ageOf(on, wanted) < keyLife) return create(on, payment, wanted);
    const made = await lookUp(on, payment, wanted);
    if (made === "another") return { outcome: "refused", code: "refund_number_taken" };
    return made === "none" ? create(on, payment, wanted) : made;
  };

const create = async (
  on: RequestsRefunds,
  payment: Payment,
  wanted: WantedRefund,
): Promise<RequestedRefund> => {
  if (on.remaining() < enough) return unknown;
  const answer = await on.stripe.refundPaymentIntent(payment, parameters(payment, wanted), wanted.key);
  if (answer.outcome === "answered") return { outcome: "refund", refund: answer.refund };
  if (answer.outcome === "unknown" && !answer.keySpent) return unknown;
  const made = await lookUp(on, payment, wanted);
  if (made !== "none" && made !== "another") return made;
  return answer.outcome === "refused" && isAlone(ageOf(on, wanted))
    ? { outcome: "refused", code: answer.code }
    : unknown;
};

const ageOf = (on: RequestsRefunds, { requestedAt }: WantedRefund): number => on.now() - requestedAt;

const parameters = (payment: Payment, { paymentIntentId, amount, number }: WantedRefund) => ({
  paymentIntentId,
  amount: toStripeRefund(amount, payment.currency),
  metadata: refundMetadataOf(payment, number),
});

/**
 * Whether no other request under the key can still be on its way: a refusal, or "not there", is final only then.
 * The first request has half a minute to itself, and any other arrives within ten minutes.
 */
const isAlone = (age: number): boolean => age < seconds(30) || age >= minutes(10);

const lookUp = async (
  on: RequestsRefunds,
  payment: Payment,
  { paymentIntentId, number, amount }: WantedRefund,
): Promise<RequestedRefund | "none" | "another"> => {
  if (on.remaining() < enough) return unknown;
  const sought = { paymentIntentId, number, amount: toStripeRefund(amount, payment.currency) };
  const found = await findRefund(on)(payment, sought);
  if (found.found === "none" || found.found === "another") return found.found;
  return found.found === "refund" ? { outcome: "refund", refund: found.refund } : unknown;
};
