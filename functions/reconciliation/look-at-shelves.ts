import { readReserved } from "#functions/catalog/stock.store.ts";
import { Checkout, times as checkoutTimes } from "#functions/checkout/checkout.ts";
import { Order } from "#functions/order/order.ts";
import { allRows } from "#functions/runtime/all-rows.ts";
import { dueKey, shards } from "#functions/runtime/due.ts";
import type { Key, Row } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import type { Divergence } from "./divergence.ts";
import type { Reads } from "./reads.ts";
import { compareShelf, type Held, heldBy } from "./stock-comparison.ts";
import type { BookedKind, SubjectOf } from "./subject.ts";

type Shelf = SubjectOf<"product">;

/**
 * Each shelf twice, and in between everybody who may hold something of it. They are found by an index that lags, so
 * one look alone proves nothing.
 */
export const lookAtShelves =
  (on: Pick<Reads, "table" | "now">) =>
  async (shelves: readonly Shelf[]): Promise<Divergence[][]> => {
    if (shelves.length === 0) return [];
    const before = await read(on, shelves);
    const held = await readHeld(on, new Set(shelves.map(({ storeId }) => storeId)));
    const after = await read(on, shelves);
    return shelves.map((shelf, index) =>
      compareShelf({ ...shelf, before: before[index], after: after[index], held }),
    );
  };

const read = (on: Pick<Reads, "table">, shelves: readonly Shelf[]) =>
  Promise.all(shelves.map(({ storeId, productId }) => readReserved(on.table, storeId, productId)));

const readHeld = async (on: Pick<Reads, "table" | "now">, stores: ReadonlySet<StoreId>): Promise<Held> => {
  // A checkout that holds something is due when its lease or its buyer's time is over; later ones wait to expire.
  const soon = on.now() + checkoutTimes.authentication;
  const checkouts = await rowsAt(on, await dueKeys(on, "checkout", stores, soon));
  // Afterwards: what became an order in between is found at least once.
  const orders = await rowsAt(on, await dueKeys(on, "order", stores));
  return heldBy({
    checkouts: checkouts.map((row) => Checkout.parse(row)),
    orders: orders.map((row) => Order.parse(row)),
  });
};

const dueKeys = async (
  on: Pick<Reads, "table">,
  kind: BookedKind,
  stores: ReadonlySet<StoreId>,
  to?: Instant,
): Promise<Key[]> => {
  const all = await Promise.all(shards.map((shard) => keysOf(on, dueKey(kind, shard), to)));
  return all.flat().filter(({ pk }) => stores.has(pk.split("#")[0] as StoreId));
};

const keysOf = (on: Pick<Reads, "table">, pk: string, to: Instant | undefined): Promise<Row[]> =>
  allRows(on.table, "commerce", { index: "due", pk, ...(to !== undefined && { to }) });

const rowsAt = async (on: Pick<Reads, "table">, keys: readonly Key[]) => {
  const rows = await Promise.all(keys.map((key) => on.table.get("commerce", key)));
  return rows.filter((row) => row !== undefined);
};
