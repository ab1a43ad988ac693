import { type Money, moneyOf } from "./divergence.ts";
import type { Payment, Status } from "./payment.ts";
import type { PaymentIntent } from "./stripe.ts";

/** The one move that follows; each is a function in `follow-payment-intent.ts`. */
export type Step =
  | "nothing"
  /** A run of the checkout workflow settles the attempt. */
  | "drive_checkout"
  /** A run of the fulfillment workflow captures, or notices what was captured or has ended. */
  | "drive_order"
  /** Refunds and disputes go into the order. */
  | "record"
  /** Nobody will come for this money. */
  | "release"
  | "not_captured";

type Row = Readonly<Record<Money, Step>>;

/** While Stripe is processing nothing can be said yet: what comes of it is another event. */
const driving = (step: Step): Row => ({
  none: step,
  processing: "nothing",
  held: step,
  taken: step,
  partly_returned: step,
  returned: step,
});

/** Its attempt took no money, or gave it back. */
const settled: Row = {
  none: "nothing",
  processing: "nothing",
  held: "release",
  taken: "release",
  partly_returned: "release",
  returned: "nothing",
};

/** By what our row says of the attempt, and by what its PaymentIntent has of the buyer's money. */
export const cases = {
  requested: driving("drive_checkout"),
  authorized: { ...driving("drive_order"), held: "nothing" },
  /** Stripe ended the attempt; what it has all the same was confirmed there by somebody. */
  authenticating: settled,
  declined: settled,
  captured: {
    none: "not_captured",
    processing: "not_captured",
    held: "not_captured",
    taken: "record",
    partly_returned: "record",
    returned: "record",
  },
  failed: driving("drive_order"),
  voided: settled,
  refunded: { ...settled, returned: "record" },
} as const satisfies Record<Status, Row>;

export const stepFor = (payment: Payment, intent: PaymentIntent): Step => {
  const money = moneyOf(intent);
  const { status, paymentIntentId } = payment;
  if (paymentIntentId === undefined || paymentIntentId === intent.id) return cases[status][money];
  // The attempt has gone on with another one for good: this is a second payment.
  return status === "requested" ? "nothing" : settled[money];
};
