import { type Dispute, isTaken } from "#functions/order/dispute.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { PaymentIntent, StripeDispute, StripeRefund } from "./stripe.ts";

/** Money is at the buyer's by it, or on its way. */
export const isAlive = ({ status }: Pick<StripeRefund, "status">): boolean =>
  status !== "failed" && status !== "canceled";

type Meaning = Pick<Dispute, "status" | "kind">;

/**
 * Stripe's words (docs.stripe.com/disputes/how-disputes-work). An inquiry that closes leaves the money with the
 * store; `prevented` gave it back before a chargeback could; an appeal asks a bank again that has decided.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  warning_needs_response: { status: "open", kind: "inquiry" },
  warning_under_review: { status: "open", kind: "inquiry" },
  warning_closed: { status: "won", kind: "inquiry" },
  needs_response: { status: "open", kind: "chargeback" },
  under_review: { status: "open", kind: "chargeback" },
  appeal_needs_response: { status: "open", kind: "chargeback" },
  appeal_under_review: { status: "open", kind: "chargeback" },
  won: { status: "won", kind: "chargeback" },
  lost: { status: "lost", kind: "chargeback" },
  prevented: { status: "lost", kind: "chargeback" },
};

/** A word that is new to us freezes the order: too careful is mended by a person, too careless by nobody. */
const unknown: Meaning = { status: "open", kind: "chargeback" };

export const meaningOf = ({ status }: Pick<StripeDispute, "status">): Meaning => meanings[status] ?? unknown;

/** The store has the money: the bank decided so, or asked and let it be. */
export const isWon = (dispute: StripeDispute): boolean => meaningOf(dispute).status === "won";

/** The buyer has the money, for good as far as anybody knows. */
export const isLost = (dispute: StripeDispute): boolean => meaningOf(dispute).status === "lost";

/** What of a payment, in Stripe's units. */
type Charged = Pick<PaymentIntent, "amountReceived" | "currency">;

/** In another currency than the charge's it can't be told how much: then it is all of it. */
export const disputedAmount = ({ amount, currency }: StripeDispute, charged: Charged): number =>
  currency === charged.currency ? amount : charged.amountReceived;

/** What went back of a payment or is on its way, and what banks hold or took. */
export const returnedOf = (
  refunds: readonly StripeRefund[],
  disputes: readonly StripeDispute[],
  charged: Charged,
): number =>
  [
    ...refunds.filter(isAlive).map(({ amount }) => amount),
    ...disputes.filter((each) => isTaken(meaningOf(each))).map((each) => disputedAmount(each, charged)),
  ].reduce((sum, amount) => sum + amount, 0);

/** Stripe lists the newest first, and counts seconds: within one its own order holds. */
export const oldestFirst = <Each extends { created: Instant }>(seen: readonly Each[]): Each[] =>
  seen.toReversed().sort((left, right) => left.created - right.created);
