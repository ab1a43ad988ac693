import type { PaymentStore } from "#functions/payment/payment.store.ts";
import type { Payment } from "#functions/payment/payment.ts";
import { type RequestsRefunds, requestRefund } from "#functions/payment/request-refund.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import type { Instant } from "#functions/values/clock.ts";
import { type ChangesOrders, changeOrder, type Which } from "./change-order.ts";
import { dueRefunds, type Order } from "./order.ts";
import { type Refund, refundKeyOf } from "./refund.ts";
import { cameHome, followed, moveTo, type RefundMove } from "./refund-move.ts";
import { changeRefunds } from "./refund-writes.ts";

export type SettlesRefunds = RequestsRefunds &
  ChangesOrders & {
    stripe: Pick<Stripe, "retrieveRefund">;
    payments: Pick<PaymentStore, "get">;
    /** Money that was told as given back and came home again: somebody must hear of it. */
    count: Count;
  };

export type WhichRefund = Which & { readonly number: number };

/**
 * Brings one refund as far as Stripe can say: asked for if nobody knows it yet, looked up if it was on its way, and
 * looked up again even after it succeeded, since banks send money back. Answers the refund as it is then. Safe to
 * repeat and to run twice at once: one key at Stripe, one conditional write here.
 */
export const settleRefund =
  (on: SettlesRefunds) =>
  async (which: WhichRefund): Promise<Refund | undefined> => {
    const order = await on.orders.get(which.storeId, which.orderId);
    const refund = order && refundOf(order, which);
    if (!order || !refund || refund.status === "failed") return refund;
    const payment = await on.payments.get(order.storeId, order.checkoutId, order.payment.attempt);
    if (!payment) throw new Error("a refund of an order without a payment");
    const move = await ask(on, order, refund, payment);
    return move ? note(on, which, move) : refund;
  };

const refundOf = (order: Order, { number }: WhichRefund): Refund | undefined =>
  order.refunds.find((refund) => refund.number === number);

/** `undefined`: nothing is known that was not known before. */
const ask = async (on: SettlesRefunds, order: Order, refund: Refund, payment: Payment) => {
  if (refund.status === "requested")
    return requested(await requestRefund(on)(payment, wanted(order, refund)));
  if (!refund.stripeRefundId)
    throw new Error(`refund ${refund.number} is ${refund.status} without Stripe's id`);
  const answer = await on.stripe.retrieveRefund(payment, refund.stripeRefundId);
  return answer.outcome === "answered" ? moveTo(answer.refund) : undefined;
};

const wanted = ({ id, payment }: Order, refund: Refund) => {
  const { paymentIntentId } = payment;
  if (!paymentIntentId) throw new Error("a refund of an order without a PaymentIntent");
  const { number, amount, requestedAt } = refund;
  return { paymentIntentId, number, amount, requestedAt, key: refundKeyOf(id, refund) };
};

type Requested = Awaited<ReturnType<ReturnType<typeof requestRefund>>>;

const requested = (answer: Requested): RefundMove | undefined => {
  if (answer.outcome === "refund") return moveTo(answer.refund);
  return answer.outcome === "refused" ? { to: "failed", facts: { failureCode: answer.code } } : undefined;
};

/** Writes it down over the order as it is. */
const note = async (
  on: SettlesRefunds,
  which: WhichRefund,
  move: RefundMove,
): Promise<Refund | undefined> => {
  let after: readonly Refund[] = [];
  await changeOrder(on)(which, async (order) => {
    const before = order.refunds;
    after = before.map((refund) =>
      refund.number === which.number ? noted(order, refund, move, on.now()) : refund,
    );
    // Before it is written: from then on nobody comes upon it any more.
    if (cameHome(before, after)) on.count("RefundFailed");
    return after.every((refund, at) => refund === before[at])
      ? undefined
      : changeRefunds(order, after, on.now());
  });
  return after.find(({ number }) => number === which.number);
};

const noted = (order: Order, refund: Refund, move: RefundMove, now: Instant): Refund => {
  // Still on its way: the next look is due only after a while.
  if (refund.status === move.to && dueRefunds(order, now).includes(refund))
    return { ...refund, updatedAt: now };
  return followed(refund, move, now);
};
