import { minutes } from "#functions/values/clock.ts";
import { fromStripeAmount } from "./currency.ts";
import type { Facts, Run } from "./payment.store.ts";
import { isRefundOf, type Payment, refundMetadataOf } from "./payment.ts";
import { disputesAtStripe, refundsAtStripe } from "./read-returned.ts";
import { type Requests, requestAuthorization } from "./request-authorization.ts";
import { isAlive, isLost, returnedOf } from "./returned.ts";
import type { PaymentIntent, RefundAnswer, Stripe, StripeRefund } from "./stripe.ts";

export type Releases = Requests & { stripe: Stripe };

/** Where the payment ended, or why that cannot be said yet. */
export type Released =
  | { readonly to: "voided" | "refunded" | "declined"; readonly facts?: Facts }
  | { readonly held: string };

/** A request may be on its way to Stripe this long; only then does "not there" mean "never was". */
const inFlight = minutes(10);

/** Finds the attempt's PaymentIntent and sees to it that it holds no money. */
export const releaseMoney =
  (on: Releases) =>
  async (payment: Payment, run: Run): Promise<Released> => {
    if (payment.paymentIntentId) return undo(on, payment, run, payment.paymentIntentId);
    if (payment.status !== "requested") return { to: "voided" };
    return settle(on, payment, run);
  };

const settle = async (on: Releases, payment: Payment, run: Run): Promise<Released> => {
  const answer = await requestAuthorization(on)(payment);
  switch (answer.outcome) {
    case "authorized":
      return undo(on, payment, run, answer.intent.id);
    case "requires_action":
      return answer.intent ? undo(on, payment, run, answer.intent.id) : { to: "voided" };
    case "declined":
      return { to: "declined", facts: declineFacts(answer) };
    case "refused":
      return { to: "declined", facts: { declineCode: answer.code } };
    case "none":
      return on.now() - payment.requestedAt >= inFlight ? { to: "voided" } : { held: unknown };
    default:
      return { held: unknown };
  }
};

const unknown = "payment_outcome_unknown";

const declineFacts = (answer: {
  code: string;
  declineCode?: string | undefined;
  intent?: PaymentIntent | undefined;
}) => ({
  declineCode: answer.declineCode ?? answer.code,
  paymentIntentId: answer.intent?.id,
});

/**
 * Canceling twice is harmless, so that key may change with the run and a stored fault does not block it for a day.
 * Refunding is what must not happen twice: one key for good, and another with the run only where the first repeats
 * itself and no refund is there. Should both be done, Stripe gives back no more than it took.
 */
export type Keys = { readonly cancel: string; readonly refund: string; readonly refundAgain: string };

const undo = (on: Releases, payment: Payment, run: Run, id: string): Promise<Released> => {
  const owner = run.orderId ?? payment.checkoutId;
  return releaseIntent(on)(payment, id, {
    cancel: `${owner}:cancel:${payment.attempt}:${run.epoch}`,
    refund: `${owner}:refund:full`,
    refundAgain: `${owner}:refund:full:${run.epoch}`,
  });
};

/**
 * Sees to it that this one PaymentIntent holds no money. Reads what is true now, then does the one thing that ends
 * it; a replayed answer would be as old as its key.
 */
export const releaseIntent =
  (on: ReleasesIntents) =>
  (payment: Payment, id: string, keys: Keys): Promise<Released> =>
    end(on, payment, id, keys);

export type ReleasesIntents = {
  stripe: Pick<
    Stripe,
    "retrievePaymentIntent" | "cancelPaymentIntent" | "refundPaymentIntent" | "listRefunds" | "listDisputes"
  >;
};

const end = async (on: ReleasesIntents, payment: Payment, id: string, keys: Keys): Promise<Released> => {
  const seen = await on.stripe.retrievePaymentIntent(payment, id);
  if (seen.outcome !== "answered") return { held: unknown };
  const facts = { paymentIntentId: id, chargeId: seen.intent.chargeId };
  switch (seen.intent.status) {
    case "canceled":
      return { to: "voided", facts };
    case "succeeded":
      return seen.intent.refunded
        ? ((await allBack(on, payment, facts, seen.intent)) ?? { to: "refunded", facts })
        : refund(on, payment, { ...facts, keys }, seen.intent);
    case "processing":
      return { held: "payment_processing" };
    default:
      return cancel(on, payment, { ...facts, key: keys.cancel });
  }
};

type Known = { paymentIntentId: string; chargeId: string | undefined };
type Ending = Known & { key: string };

const cancel = async (
  on: ReleasesIntents,
  payment: Payment,
  { key, ...facts }: Ending,
): Promise<Released> => {
  const answer = await on.stripe.cancelPaymentIntent(payment, facts.paymentIntentId, key);
  return answer.outcome === "answered" && answer.intent.status === "canceled"
    ? { to: "voided", facts }
    : { held: unknown };
};

const refund = async (
  on: ReleasesIntents,
  payment: Payment,
  { keys, ...facts }: Known & { keys: Keys },
  intent: PaymentIntent,
): Promise<Released> => {
  const answer = await requestFullRefund(on, payment, intent.id, keys);
  if (answer.outcome === "answered" && isAlive(answer.refund)) return returned(payment, facts, answer.refund);
  if (answer.outcome === "unknown") return { held: unknown };
  return (await allBack(on, payment, facts, intent)) ?? { held: "refund_refused" };
};

/** Without an amount: whatever was not given back yet. */
const requestFullRefund = async (on: ReleasesIntents, payment: Payment, id: string, keys: Keys) => {
  const wanted = { paymentIntentId: id, metadata: refundMetadataOf(payment, "full") };
  const answer = await on.stripe.refundPaymentIntent(payment, wanted, keys.refund);
  if (!isSpent(answer)) return answer;
  const refunds = await refundsAtStripe(on, payment, id);
  // One that came home gave nothing back: it is asked for anew, like one that never was.
  const made = refunds.find((each) => isAlive(each) && isRefundOf(payment, "full", each));
  return made
    ? ({ outcome: "answered", refund: made } as const)
    : on.stripe.refundPaymentIntent(payment, wanted, keys.refundAgain);
};

/** The key tells only what was: a fault, a refusal whose reason may be gone, a refund that may have come home since. */
const isSpent = (answer: RefundAnswer): boolean =>
  answer.replayed === true || (answer.outcome === "unknown" && answer.keySpent);

/**
 * Whether all of it went back or is on its way: by refunds, some of which the charge does not show yet, or by a bank
 * that decided for the buyer. Which part by this undo, whose answer may have been lost, Stripe tells, too.
 */
const allBack = async (
  on: ReleasesIntents,
  payment: Payment,
  facts: Known,
  intent: PaymentIntent,
): Promise<Released | undefined> => {
  const refunds = await refundsAtStripe(on, payment, intent.id);
  const lost = intent.disputed ? (await disputesAtStripe(on, payment, intent.id)).filter(isLost) : [];
  if (returnedOf(refunds, lost, intent) < intent.amountReceived) return undefined;
  const undo = refunds.find((each) => isAlive(each) && isRefundOf(payment, "full", each));
  return undo ? returned(payment, facts, undo) : { to: "refunded", facts };
};

const returned = ({ currency }: Payment, facts: Known, { id, amount, status }: StripeRefund): Released => ({
  to: "refunded",
  facts: {
    ...facts,
    returned: {
      refundId: id,
      amount: fromStripeAmount(amount, currency),
      pending: status !== "succeeded",
    },
  },
});
