import type { OrderStep } from "#functions/order/order-step.ts";
import { commitStep, notOurs } from "#functions/runtime/commit-step.ts";
import { plainly, type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, seconds } from "#functions/values/clock.ts";
import { type Done, done, type Held, held, type Refused, refused } from "#functions/values/outcome.ts";
import { movedPayment, type PaymentStore } from "./payment.store.ts";
import type { Payment } from "./payment.ts";
import type { Answer, Stripe } from "./stripe.ts";

export type Captures = {
  payments: Pick<PaymentStore, "get">;
  stripe: Pick<Stripe, "capturePaymentIntent" | "retrievePaymentIntent">;
  table: Pick<Table, "commit">;
  now: Clock;
  remaining: () => number;
};
type Outcome = Done<OrderStep> | (Refused & OrderStep) | (Held & OrderStep);

const enough = seconds(11);
const captureFailed = "capture_failed";

/**
 * Takes the money, whole and once, after the store accepted the order. Stripe itself captures a PaymentIntent at
 * most once, so the key carries the epoch: a fault that Stripe would repeat for a day does not outlive the run.
 */
export const capturePayment =
  (on: Captures) =>
  async (step: OrderStep): Promise<Outcome> => {
    const payment = await on.payments.get(step.storeId, step.checkoutId, step.attempt);
    if (!payment) return done(step);
    if (payment.status !== "authorized") return known(step, payment);
    return on.remaining() < enough ? held(step, "no_time_left") : capture(on, step, payment);
  };

/** An earlier run settled it and its answer was lost. */
const known = (step: OrderStep, { status }: Payment): Outcome => {
  if (status === "captured") return done(step);
  return status === "failed" ? refused(step, captureFailed) : notOurs(step);
};

const capture = async (on: Captures, step: OrderStep, payment: Payment): Promise<Outcome> => {
  const id = intentOf(payment);
  const answer = await on.stripe.capturePaymentIntent(payment, id, `${step.orderId}:capture:${step.epoch}`);
  if (answer.outcome === "answered") return settle(on, step, payment, answer);
  if (answer.outcome === "unknown" && !answer.keySpent) return held(step, "payment_outcome_unknown");
  // Refused may mean that it was captured before: only the object itself says what is true.
  const seen = await on.stripe.retrievePaymentIntent(payment, id);
  return settle(on, step, payment, seen, answer.outcome === "refused" ? answer.code : undefined);
};

const intentOf = ({ paymentIntentId, attempt }: Payment): string => {
  if (paymentIntentId) return paymentIntentId;
  throw new Error(`attempt ${attempt} is authorized without a PaymentIntent`);
};

const settle = async (
  on: Captures,
  step: OrderStep,
  payment: Payment,
  seen: Answer,
  refusal?: string,
): Promise<Outcome> => {
  const by = { ...step, now: on.now() };
  if (seen.outcome !== "answered") return held(step, "payment_outcome_unknown");
  const { status, chargeId } = seen.intent;
  if (status === "succeeded")
    // Plain: a run that is told "refused" of its own note ends, and the next one finds it captured.
    return commitStep(on.table, step, [plainly(movedPayment(payment, "captured", by, { chargeId }))]);
  const code = status === "canceled" ? "authorization_expired" : refusal;
  if (!code || status === "processing") return held(step, "payment_outcome_unknown");
  const lost = await tryCommit(on.table, [movedPayment(payment, "failed", by, { declineCode: code })]);
  return lost.length === 0 ? refused(step, captureFailed) : notOurs(step);
};
