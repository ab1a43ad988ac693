import { isRefundOf, type Payment } from "./payment.ts";
import { refundsIfAnswered } from "./read-returned.ts";
import type { Stripe, StripeRefund } from "./stripe.ts";

export type FoundRefund =
  | { found: "refund"; refund: StripeRefund }
  | { found: "none" }
  /** Only one of another amount carries the number: a restore has forgotten it and gave the number out again. */
  | { found: "another" }
  /** Stripe did not answer. */
  | { found: "unfinished" };

type Finds = { stripe: Pick<Stripe, "listRefunds"> };

type Sought = {
  readonly paymentIntentId: string;
  /** Counts the order's refunds. */
  readonly number: number;
  /** In Stripe's units. */
  readonly amount: number;
};

/** Looks one refund of a payment up by our ids on it and its amount. */
export const findRefund =
  (on: Finds) =>
  async (payment: Payment, { paymentIntentId, number, amount }: Sought): Promise<FoundRefund> => {
    const all = await refundsIfAnswered(on, payment, paymentIntentId);
    if (!all) return { found: "unfinished" };
    const numbered = all.filter((each) => isRefundOf(payment, number, each));
    const refund = numbered.find((each) => each.amount === amount);
    if (refund) return { found: "refund", refund };
    return { found: numbered.length > 0 ? "another" : "none" };
  };
