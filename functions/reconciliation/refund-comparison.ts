import { goesBack, type Order, wasCaptured } from "#functions/order/order.ts";
import { withDisputes } from "#functions/order/record-dispute.ts";
import { type Refund, refundIdOf } from "#functions/order/refund.ts";
import { fromStripeAmount } from "#functions/payment/currency.ts";
import { isRefundOf } from "#functions/payment/payment.ts";
import { isAlive } from "#functions/payment/returned.ts";
import type { PaymentIntent, StripeDispute, StripeRefund } from "#functions/payment/stripe.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { Divergence } from "./divergence.ts";
import { idsOf, saying } from "./money-comparison.ts";

/** An order's refunds against Stripe's of its PaymentIntent. One that was only asked for may be either way. */
export const compareRefunds = (
  order: Order,
  intent: Pick<PaymentIntent, "amountReceived">,
  seen: readonly StripeRefund[],
): Divergence[] => [
  ...order.refunds.filter(wentBack).flatMap((refund) => missing(order, refund, seen)),
  ...(wasCaptured(order, intent) ? seen.filter(isAlive).flatMap((refund) => orphan(order, refund)) : []),
];

const wentBack = ({ status }: Refund): boolean => status === "pending" || status === "succeeded";

const missing = (order: Order, refund: Refund, seen: readonly StripeRefund[]): Divergence[] => {
  const say = saying({ ...idsOf(order), refundId: refundIdOf(order.id, refund) });
  const found = seen.find(({ id }) => id === refund.stripeRefundId);
  if (!found || !isAlive(found)) return [say("missing_refund")];
  return fromStripeAmount(found.amount, order.quote.currency) === refund.amount ? [] : [say("amount")];
};

const orphan = (order: Order, refund: StripeRefund): Divergence[] =>
  isKnown(order, refund) ? [] : [saying(idsOf(order))("orphan_refund", { refundId: refund.id })];

const isKnown = (order: Order, seen: StripeRefund): boolean =>
  order.refunds.some((refund) => refund.stripeRefundId === seen.id && refund.status !== "failed") ||
  order.refunds.some((refund) => refund.status === "requested" && isAnswerTo(order, refund, seen)) ||
  // The whole payment went back with its order, which says so by its state.
  (isRefundOf(order, "full", seen) && goesBack(order));

/** It is on the way, or was lost: the order's sweeper asks again under the same key. */
const isAnswerTo = (order: Order, { number, amount }: Refund, seen: StripeRefund): boolean =>
  isRefundOf(order, number, seen) && fromStripeAmount(seen.amount, order.quote.currency) === amount;

/** An order's disputes against Stripe's of its PaymentIntent: whatever recording one would change diverges. */
export const compareDisputes = (order: Order, seen: readonly StripeDispute[], now: Instant): Divergence[] =>
  seen
    .filter((dispute) => withDisputes(order, [dispute], now) !== undefined)
    .map(({ id }) => saying(idsOf(order))("orphan_refund", { disputeId: id }));
