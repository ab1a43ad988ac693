import { commitStep, isOurs, notOurs } from "#functions/runtime/commit-step.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { type Done, done, type Held } from "#functions/values/outcome.ts";
import { type OrderStore, savedOrder } from "./order.store.ts";
import { canceling } from "./order.ts";
import { cancelingEvent } from "./order-events.ts";
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
    const after = canceling(before, step.reason ?? "store_refused", on.now());
    return commitStep(on.table, step, [savedOrder(before, after), cancelingEvent(after)]);
  };
