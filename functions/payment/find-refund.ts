import { type Payment, refundMetadataOf } from "./payment.ts";
import type { Stripe, StripeRefund } from "./stripe.ts";

export type FoundRefund =
  | { found: "refund"; refund: StripeRefund }
  | { found: "none" }
  /** Stripe did not answer. */
  | { found: "unfinished" };

type Finds = { stripe: Pick<Stripe, "listRefunds"> };

/** Looks one refund of a payment up by our ids on it: `number` counts the order's refunds. */
export const findRefund =
  (on: Finds) =>
  (payment: Payment, paymentIntentId: string, number: number): Promise<FoundRefund> =>
    findFrom(on, payment, paymentIntentId, Object.entries(refundMetadataOf(payment, number)));

const findFrom = async (
  on: Finds,
  payment: Payment,
  paymentIntentId: string,
  ids: readonly (readonly [string, string])[],
  after?: string,
): Promise<FoundRefund> => {
  const page = await on.stripe.listRefunds(payment, { paymentIntentId }, after);
  if (page.outcome !== "answered") return { found: "unfinished" };
  const refund = page.refunds.find(({ metadata }) => ids.every(([name, value]) => metadata[name] === value));
  if (refund) return { found: "refund", refund };
  const last = page.more ? page.refunds.at(-1) : undefined;
  return last ? findFrom(on, payment, paymentIntentId, ids, last.id) : { found: "none" };
};
