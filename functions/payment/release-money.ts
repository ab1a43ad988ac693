import { minutes } from "#functions/values/clock.ts";
import type { Facts, Run } from "./payment.store.ts";
import { type Payment, refundMetadataOf } from "./payment.ts";
import { type Requests, requestAuthorization } from "./request-authorization.ts";
import type { PaymentIntent, RefundAnswer, Stripe } from "./stripe.ts";

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

/** Reads what is true now, then does the one thing that ends it; a replayed answer would be as old as its key. */
const undo = async (on: Releases, payment: Payment, run: Run, id: string): Promise<Released> => {
  const seen = await on.stripe.retrievePaymentIntent(payment, id);
  if (seen.outcome !== "answered") return { held: unknown };
  const facts = { paymentIntentId: id, chargeId: seen.intent.chargeId };
  switch (seen.intent.status) {
    case "canceled":
      return { to: "voided", facts };
    case "succeeded":
      return seen.intent.refunded ? { to: "refunded", facts } : refund(on, payment, run, facts);
    case "processing":
      return { held: "payment_processing" };
    default:
      return cancel(on, payment, run, facts);
  }
};

type Known = { paymentIntentId: string; chargeId: string | undefined };

/** Canceling twice is harmless, so the key may change with the run and a stored fault does not block it for a day. */
const cancel = async (on: Releases, payment: Payment, run: Run, facts: Known): Promise<Released> => {
  const key = `${ownerOf(payment, run)}:cancel:${payment.attempt}:${run.epoch}`;
  const answer = await on.stripe.cancelPaymentIntent(payment, facts.paymentIntentId, key);
  return answer.outcome === "answered" && answer.intent.status === "canceled"
    ? { to: "voided", facts }
    : { held: unknown };
};

/** Refunding is what must not happen twice: one key for good. */
const refund = async (on: Releases, payment: Payment, run: Run, facts: Known): Promise<Released> => {
  const key = `${ownerOf(payment, run)}:refund:full`;
  const { paymentIntentId } = facts;
  const metadata = refundMetadataOf(payment, "full");
  const answer = await on.stripe.refundPaymentIntent(payment, { paymentIntentId, metadata }, key);
  return isRefunded(answer)
    ? { to: "refunded", facts }
    : { held: answer.outcome === "refused" ? "refund_refused" : unknown };
};

const isRefunded = (answer: RefundAnswer): boolean =>
  (answer.outcome === "answered" &&
    answer.refund.status !== "failed" &&
    answer.refund.status !== "canceled") ||
  (answer.outcome === "refused" && answer.code === "charge_already_refunded");

const ownerOf = (payment: Payment, run: Run): string => run.orderId ?? payment.checkoutId;
