import type { PaymentStore } from "#functions/payment/payment.store.ts";
import type { Payment } from "#functions/payment/payment.ts";
import { commitStep, isOurs, notOurs } from "#functions/runtime/commit-step.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { type Done, done, type Held, held, type Refused, refused } from "#functions/values/outcome.ts";
import { mayNotShip } from "./dispute.ts";
import { type OrderStore, savedOrder } from "./order.store.ts";
import { moved, type Order } from "./order.ts";
import { confirmedEvents } from "./order-events.ts";
import type { OrderStep } from "./order-step.ts";
import { stockWritesOf } from "./order-stock.ts";
import { refundedOf } from "./refund.ts";

type Confirms = {
  orders: Pick<OrderStore, "get">;
  payments: Pick<PaymentStore, "get">;
  table: Pick<Table, "commit">;
  now: Clock;
};

/** Last step of fulfillment: the store has the order and the money is there (or none is due), so it may be shipped. */
export const confirmOrder =
  (on: Confirms) =>
  async (step: OrderStep): Promise<Done<OrderStep> | (Refused & OrderStep) | Held> => {
    const [before, payment] = await Promise.all([
      on.orders.get(step.storeId, step.orderId),
      on.payments.get(step.storeId, step.checkoutId, step.attempt),
    ]);
    if (before?.status === "confirmed") return done(step);
    if (!isOurs(before, step, "placed")) return notOurs(step);
    const obstacle = obstacleOf(before, step);
    if (obstacle) return obstacle;
    captured(before, payment);
    const now = on.now();
    const after = confirmed(before, payment ? "captured" : "not_required", now);
    return commitStep(on.table, step, [
      savedOrder(before, after),
      ...stockWritesOf(before, after),
      ...confirmedEvents(after),
    ]);
  };

/** What was recorded since the money was taken. */
const obstacleOf = (order: Order, step: OrderStep) => {
  if (mayNotShip(order)) return held(step, "disputed");
  const { amount } = order.payment;
  const isGone = amount > 0 && refundedOf(order.refunds) >= amount;
  return isGone ? refused(step, "payment_incomplete") : undefined;
};

/** A step before this one that let an uncaptured order through would be a fault of ours: nothing ships unpaid. */
const captured = (order: Order, payment: Payment | undefined): void => {
  if (order.payment.amount > 0 && payment?.status !== "captured")
    throw new Error(`the payment of attempt ${order.payment.attempt} is not captured`);
};

const confirmed = (before: Order, state: "captured" | "not_required", now: number): Order =>
  moved(before, "confirmed", now, {
    version: before.version + (state === "captured" ? 2 : 1),
    payment: { ...before.payment, state },
    confirmedAt: now,
  });
