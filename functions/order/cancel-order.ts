import { commitStep, isOurs, notOurs } from "#functions/runtime/commit-step.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { type Done, done, type Held } from "#functions/values/outcome.ts";
import { type OrderStore, savedOrder } from "./order.store.ts";
import { moved } from "./order.ts";
import type { OrderStep } from "./order-step.ts";

/**
 * First step of the undo of an order: the one write that decides it. A run that confirmed the order in the
 * meantime has moved it, so this one loses and nothing is undone.
 */
export const cancelOrder =
  (on: { orders: Pick<OrderStore, "get">; table: Pick<Table, "commit">; now: Clock }) =>
  async (step: OrderStep): Promise<Done<OrderStep> | Held> => {
    const before = await on.orders.get(step.storeId, step.orderId);
    if (isOurs(before, step, "canceling")) return done(step);
    if (!isOurs(before, step, "placed")) return notOurs(step);
    const now = on.now();
    const cancelReason = step.reason ?? "store_refused";
    const after = moved(before, "canceling", now, { cancelReason, canceledAt: now });
    return commitStep(on.table, step, [savedOrder(before, after)]);
  };
