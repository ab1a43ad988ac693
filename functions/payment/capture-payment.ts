import type { OrderStep } from "#functions/order/order-step.ts";
import { commitStep, notOurs } from "#functions/runtime/commit-step.ts";
import { plainly, type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, seconds } from "#functions/values/clock.ts";
import { type Done, done, type Held, held, type Refused, refused } from "#functions/values/outcome.ts";
import { toStripeAmount } from "./currency.ts";
import { movedPayment, type PaymentStore } from "./payment.store.ts";
import type { Payment, Status } from "./payment.ts";
import { disputesAtStripe } from "./read-returned.ts";
import { isWon } from "./returned.ts";
import type { Answer, PaymentIntent, Stripe } from "./stripe.ts";

export type Captures = {
  payments: Pick<PaymentStore, "get">;
  stripe: Pick<Stripe, "capturePaymentIntent" | "retrievePaymentIntent" | "listDisputes">;
  table: Pick<Table, "commit">;
  now: Clock;
  remaining: () => number;
};
type Outcome = Done<OrderStep> | (Refused & OrderStep) | (Held & OrderStep);

const enough = seconds(11);
const captureFailed = "capture_failed";
const unknown = "payment_outcome_unknown";

/**
 * Takes the money, whole and once, after the store accepted the order. Stripe itself captures a PaymentIntent at
 * most once, so the key carries the epoch: a fault that Stripe would repeat for a day does not outlive the run.
 */
export const capturePayment =
  (on: Captures) =>
  async (step: OrderStep): Promise<Outcome> => {
    const payment = await on.payments.get(step.storeId, step.checkoutId, step.attempt);
    if (!payment) return done(step);
    const act = acts[payment.status];
    if (!act) return over(step, payment);
    return on.remaining() < enough ? held(step, "no_time_left") : act(on, step, payment);
  };

const over = (step: OrderStep, { status }: Payment): Outcome =>
  status === "failed" ? refused(step, captureFailed) : notOurs(step);

/** An earlier run took it and did not come to its end: what became of the money since, only Stripe says. */
const lookAgain = async (on: Captures, step: OrderStep, payment: Payment): Promise<Outcome> => {
  const seen = await on.stripe.retrievePaymentIntent(payment, intentOf(payment));
  if (seen.outcome !== "answered") return held(step, unknown);
  return (await shortfall(on, step, payment, seen.intent)) ?? done(step);
};

const capture = async (on: Captures, step: OrderStep, payment: Payment): Promise<Outcome> => {
  const id = intentOf(payment);
  const answer = await on.stripe.capturePaymentIntent(payment, id, `${step.orderId}:capture:${step.epoch}`);
  if (answer.outcome === "answered" && !answer.replayed) return settle(on, step, payment, answer);
  if (answer.outcome === "unknown" && !answer.keySpent) return held(step, unknown);
  // Refused may mean that it was captured before, and a repeated answer is as old as its key (a restore uses an epoch
  // again): only the object itself says what is true.
  const seen = await on.stripe.retrievePaymentIntent(payment, id);
  return settle(on, step, payment, seen, answer.outcome === "refused" ? answer.code : undefined);
};

const intentOf = ({ paymentIntentId, attempt, status }: Payment): string => {
  if (paymentIntentId) return paymentIntentId;
  throw new Error(`attempt ${attempt} is ${status} without a PaymentIntent`);
};

const settle = async (
  on: Captures,
  step: OrderStep,
  payment: Payment,
  seen: Answer,
  refusal?: string,
): Promise<Outcome> => {
  if (seen.outcome !== "answered") return held(step, unknown);
  const { status } = seen.intent;
  if (status === "succeeded") return taken(on, step, payment, seen.intent);
  const code = status === "canceled" ? "authorization_expired" : refusal;
  if (!code || status === "processing") return held(step, unknown);
  const failed = movedPayment(payment, "failed", { ...step, now: on.now() }, { declineCode: code });
  const lost = await tryCommit(on.table, [failed]);
  return lost.length === 0 ? refused(step, captureFailed) : notOurs(step);
};

const taken = async (
  on: Captures,
  step: OrderStep,
  payment: Payment,
  intent: PaymentIntent,
): Promise<Outcome> => {
  const short = await shortfall(on, step, payment, intent);
  if (short) return short;
  const { chargeId } = intent;
  const captured = movedPayment(payment, "captured", { ...step, now: on.now() }, { chargeId });
  // Plain: a run that is told "refused" of its own note ends, and the next one finds it captured.
  return commitStep(on.table, step, [plainly(captured)]);
};

/**
 * Why money that was taken does not pay for the order, if so. What a bank questions waits for the bank; what is not
 * whole, or all went back, is no payment, and its undo finds what is left. A part that went back since is a refund.
 */
const shortfall = async (
  on: Captures,
  step: OrderStep,
  payment: Payment,
  intent: PaymentIntent,
): Promise<Outcome | undefined> => {
  if (intent.disputed && !(await isCleared(on, payment, intent))) return held(step, "disputed");
  const due = toStripeAmount(payment.amount, payment.currency);
  return intent.refunded || intent.amountReceived !== due ? refused(step, "payment_incomplete") : undefined;
};

/** The charge says only that a bank has asked once. */
const isCleared = async (on: Captures, payment: Payment, { id }: PaymentIntent): Promise<boolean> =>
  (await disputesAtStripe(on, payment, id)).every(isWon);

const acts: Partial<Record<Status, typeof capture>> = { authorized: capture, captured: lookAgain };
