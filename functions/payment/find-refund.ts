import { isRefundOf, type Payment } from "./payment.ts";
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
  (payment: Payment, sought: Sought): Promise<FoundRefund> =>
    findFrom(on, payment, sought, { found: "none" });

const findFrom = async (
  on: Finds,
  payment: Payment,
  sought: Sought,
  otherwise: FoundRefund,
  after?: string,
): Promise<FoundRefund> => {
  const { paymentIntentId, number, amount } = sought;
  const page = await on.stripe.listRefunds(payment, { paymentIntentId }, after);
  if (page.outcome !== "answered") return { found: "unfinished" };
  const numbered = page.refunds.filter((each) => isRefundOf(payment, number, each));
  const refund = numbered.find((each) => each.amount === amount);
  if (refund) return { found: "refund", refund };
  const last = page.more ? page.refunds.at(-1) : undefined;
  const known: FoundRefund = numbered.length > 0 ? { found: "another" } : otherwise;
  return last ? findFrom(on, payment, sought, known, last.id) : known;
};
