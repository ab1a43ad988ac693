import type { PaymentStore } from "#functions/payment/payment.store.ts";
import type { Payment } from "#functions/payment/payment.ts";
import { commitStep, isOurs, notOurs } from "#functions/runtime/commit-step.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { type Done, done, type Held } from "#functions/values/outcome.ts";
import { type OrderStore, savedOrder } from "./order.store.ts";
import { moved } from "./order.ts";
import { canceledEventCount, canceledEvents } from "./order-events.ts";
import type { OrderStep } from "./order-step.ts";
import { stockWritesOf } from "./order-stock.ts";

type Settles = {
  orders: Pick<OrderStore, "get">;
  payments: Pick<PaymentStore, "get">;
  table: Pick<Table, "commit">;
  now: Clock;
};

/** Last step of the undo, once no money is held: stock goes back, and everybody is told, in one transaction. */
export const settleOrder =
  (on: Settles) =>
  async (step: OrderStep): Promise<Done<OrderStep> | Held> => {
    const [before, payment] = await Promise.all([
      on.orders.get(step.storeId, step.orderId),
      on.payments.get(step.storeId, step.checkoutId, step.attempt),
    ]);
    if (before?.status === "canceled") return done(step);
    if (!isOurs(before, step, "canceling")) return notOurs(step);
    const state = returnedState(payment);
    const after = moved(before, "canceled", on.now(), {
      version: before.version + canceledEventCount(before),
      payment: { ...before.payment, state },
    });
    return commitStep(on.table, step, [
      savedOrder(before, after),
      ...stockWritesOf(before, after),
      ...canceledEvents(after, state),
    ]);
  };

const returnedState = (payment: Payment | undefined): "not_required" | "voided" | "refunded" => {
  if (!payment) return "not_required";
  if (payment.status === "voided" || payment.status === "refunded") return payment.status;
  throw new Error(`the payment of attempt ${payment.attempt} is ${payment.status}, not given back`);
};
