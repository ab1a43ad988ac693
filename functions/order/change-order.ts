import { type Table, TableBusy, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { OrderId, StoreId } from "#functions/values/id.ts";
import { type OrderStore, savedOrder } from "./order.store.ts";
import type { Order } from "./order.ts";

export type ChangesOrders = { orders: Pick<OrderStore, "get">; table: Pick<Table, "commit"> };
export type Which = { readonly storeId: StoreId; readonly orderId: OrderId };

/** The order as it shall be, and what must be written beside it. */
export type OrderChange = { readonly order: Order; readonly writes: readonly Write[] };

/** How often a race for the order is run again. */
const tries = 5;

/**
 * Writes into an order what is true outside. The order is read first and the outside afterwards, so a write that its
 * revision lets through is never older than what it replaces. Answers whether anything was changed.
 */
export const changeOrder =
  (on: ChangesOrders) =>
  (which: Which, change: Change): Promise<boolean> =>
    tryChange(on, which, change, tries);

/** `undefined`: nothing is to be changed. */
type Change = (order: Order) => Promise<OrderChange | undefined>;

const tryChange = async (on: ChangesOrders, which: Which, change: Change, left: number): Promise<boolean> => {
  if (left === 0) throw new TableBusy("the order was changed at the same time, again and again");
  const before = await on.orders.get(which.storeId, which.orderId);
  const after = before && (await change(before));
  if (!after) return false;
  const lost = await tryCommit(on.table, [savedOrder(before, after.order), ...after.writes]);
  return lost.length === 0 || tryChange(on, which, change, left - 1);
};
