import type { RowChange } from "#functions/runtime/memory-table.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { isSold, type Movements, movedIn, movementsFor, shelf, summed } from "./movements.ts";
import { allCheckouts, allOrders, type StockRow, stockIn } from "./rows.ts";

export const exactStock: Invariant = {
  id: "I-13",
  promise:
    "stock and discount uses move by exactly what the same transaction says, and nothing is sold twice",
  watch: (cloud) => ({
    committed: (changes) => {
      const wanted = movementsFor(changes);
      const told = wanted.size === 0 && isTold(changes);
      const rows = stockIn(changes).flatMap(({ before, after }) => rowProblems(before, after, told));
      return told ? rows : [...rows, ...differences(wanted, movedIn(changes))];
    },
    atRest: () =>
      [...reservedBy(cloud)].flatMap(([id, count]) => {
        const { reserved = 0 } = (cloud.table.look("commerce", { pk: id, sk: "stock" }) ??
          {}) as Partial<StockRow>;
        return when(reserved !== count, `${id} has ${reserved} reserved, ${count} are`);
      }),
  }),
};

/** An owner says how many there are; that is no movement of ours. */
const isTold = (changes: readonly RowChange[]): boolean =>
  changes.some(({ key }) => key.pk.endsWith("#products"));

/** A store may say that it has fewer than were sold; nobody else may bring it below zero. */
const rowProblems = (before: StockRow | undefined, after: StockRow | undefined, told: boolean): Problems => {
  if (!after || after.unlimited) return [];
  const sank = !told && after.available < Math.min(0, before?.available ?? 0);
  const lost = told && (before?.reserved ?? 0) !== (after.reserved ?? 0);
  return [
    ...when(sank, `${after.pk} has ${after.available} left`),
    ...when(lost, `${after.pk} lost its reservations`),
  ];
};

const differences = (wanted: Movements, given: Movements): Problems =>
  [...new Set([...wanted.keys(), ...given.keys()])].flatMap((id) => {
    const [want = 0, got = 0] = [wanted.get(id), given.get(id)];
    return when(want !== got, `${id} moved by ${got} instead of ${want}`);
  });

/** Counted anew from all that is under way: what the rows must add up to. */
const reservedBy = (cloud: Cloud): Movements =>
  summed([
    ...cloud.shops.flatMap(({ storeId, stock }) =>
      Object.keys(stock).map((id) => [shelf(storeId, id), 0] as const),
    ),
    ...[
      ...allCheckouts(cloud).filter(({ status }) => underWay.includes(status)),
      ...allOrders(cloud).filter((order) => !isSold(order) && order.status !== "canceled"),
    ].flatMap(({ storeId, quote }) =>
      quote.lines.map(({ productId, quantity }) => [shelf(storeId, productId), quantity] as const),
    ),
  ]);

const underWay: readonly string[] = ["completing", "authenticating", "aborting"];
