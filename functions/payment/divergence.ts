import { fromStripeAmount } from "./currency.ts";
import { isFinal, type Payment } from "./payment.ts";
import type { Account, PaymentIntent, StripeRefund } from "./stripe.ts";

/** Where Stripe and our rows say different things, and no move of ours would mend it: somebody has to look. */
export type Divergence =
  /** The money is in other books, or in the other mode, than the store's. */
  | "account"
  | "amount"
  | "currency"
  /** A second payment of the same checkout. */
  | "double"
  | "charged_not_recorded"
  | "recorded_not_charged"
  /** Money that we gave back came back from the bank. */
  | "missing_refund";

/**
 * What came of following Stripe. `again`: what follows has only begun, or must wait for somebody who is at it; look
 * once more later.
 */
export type Followed =
  | { readonly followed: "nothing" | "moved"; readonly again?: true }
  | { readonly followed: "diverged"; readonly divergence: Divergence };

export const diverged = (divergence: Divergence): Followed => ({ followed: "diverged", divergence });

/**
 * A PaymentIntent as it was read, and in whose books; and the refund of it that led here, since one that is on its way
 * does not show on its charge.
 */
export type Seen = {
  readonly account: Account;
  readonly intent: PaymentIntent;
  readonly refund?: StripeRefund | undefined;
};

/** What of a buyer's money the PaymentIntent has now. */
export type Money = "none" | "processing" | "held" | "taken" | "partly_returned" | "returned";

export const moneyOf = ({ status, refunded, amountRefunded }: PaymentIntent): Money => {
  if (status === "requires_capture") return "held";
  if (status === "processing") return "processing";
  if (status !== "succeeded") return "none";
  if (refunded) return "returned";
  return amountRefunded > 0 ? "partly_returned" : "taken";
};

/** What is wrong with a PaymentIntent as the one of this payment, before anything is asked of it. */
export const divergenceFrom = (
  payment: Pick<Payment, "livemode" | "stripeAccount" | "amount" | "currency" | "status">,
  { account, intent }: Seen,
): Divergence | undefined => {
  const { livemode, stripeAccount } = account;
  if (payment.livemode !== livemode || payment.stripeAccount !== stripeAccount) return "account";
  if (intent.currency !== payment.currency) return "currency";
  if (fromStripeAmount(intent.amount, intent.currency) !== payment.amount) return "amount";
  const partly = intent.status === "succeeded" && intent.amountReceived !== intent.amount;
  return partly && !isFinal(payment.status) ? "amount" : undefined;
};
