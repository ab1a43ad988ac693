import { refundStepOf } from "#functions/payment/currency.ts";
import type { PaymentStore } from "#functions/payment/payment.store.ts";
import type { Payment } from "#functions/payment/payment.ts";
import { commitStep, isOurs, notOurs } from "#functions/runtime/commit-step.ts";
import type { Table, Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { type Done, done, type Held } from "#functions/values/outcome.ts";
import { type OrderStore, savedOrder } from "./order.store.ts";
import { moved, type Order } from "./order.ts";
import { canceledEventCount, canceledEvents } from "./order-events.ts";
import type { OrderStep } from "./order-step.ts";
import { stockWritesOf } from "./order-stock.ts";
import { nextNumber, type Refund, RefundReason } from "./refund.ts";
import { partsLeft } from "./refund-parts.ts";

type Settles = {
  orders: Pick<OrderStore, "get">;
  payments: Pick<PaymentStore, "get">;
  table: Pick<Table, "commit">;
  now: Clock;
};

/**
 * Last step of the undo, once no money is held: what went back by it is noted as a refund, stock goes back, and
 * everybody is told, in one transaction.
 */
export const settleOrder =
  (on: Settles) =>
  async (step: OrderStep): Promise<Done<OrderStep> | Held> => {
    const [before, payment] = await Promise.all([
      on.orders.get(step.storeId, step.orderId),
      on.payments.get(step.storeId, step.checkoutId, step.attempt),
    ]);
    if (before?.status === "canceled") return done(step);
    if (!isOurs(before, step, "canceling")) return notOurs(step);
    return commitStep(on.table, step, settled(before, payment, on.now()));
  };

const settled = (before: Order, payment: Payment | undefined, now: Instant): Write[] => {
  const state = returnedState(payment);
  const rest = restOf(before, payment, now);
  const after = moved(before, "canceled", now, {
    version: before.version + canceledEventCount(before, rest),
    payment: { ...before.payment, state },
    refunds: rest ? [...before.refunds, rest] : before.refunds,
  });
  return [savedOrder(before, after), ...stockWritesOf(before, after), ...canceledEvents(after, state, rest)];
};

/** What the undo gave back itself. What went back before it is in the order, or will be told by Stripe. */
const restOf = (before: Order, payment: Payment | undefined, now: Instant): Refund | undefined => {
  const returned = payment?.returned;
  if (!returned || before.refunds.some(({ stripeRefundId }) => stripeRefundId === returned.refundId))
    return undefined;
  return {
    ...partsLeft(before, returned.amount, refundStepOf(before.quote.currency)),
    number: nextNumber(before.refunds),
    status: returned.pending ? "pending" : "succeeded",
    restock: true,
    reason: RefundReason.catch("other").parse(before.cancelReason),
    origin: "cancellation",
    stripeRefundId: returned.refundId,
    requestedAt: now,
    updatedAt: now,
  };
};

const returnedState = (payment: Payment | undefined): "not_required" | "voided" | "refunded" => {
  if (!payment) return "not_required";
  if (payment.status === "voided" || payment.status === "refunded") return payment.status;
  throw new Error(`the payment of attempt ${payment.attempt} is ${payment.status}, not given back`);
};
