import type { Quote } from "#functions/pricing/pricing.ts";
import type { RowChange } from "../../fakes/memory-table.ts";
import type { Invariant } from "./invariant.ts";
import { checkoutsIn, ordersIn, stockIn } from "./rows.ts";

export const exactStock: Invariant = {
  id: "I-13",
  promise:
    "nothing is sold twice: stock is never below zero, and moves by exactly what the same transaction says",
  watch: (_, broken) => ({
    committed: (changes) => {
      for (const { after } of stockIn(changes))
        if (after && !after.unlimited && after.available < 0)
          broken(`${after.pk} has ${after.available} left`);
      const wanted = movements(changes);
      const given = stockGiven(changes);
      // An owner says how many there are; that is no movement of ours.
      if (wanted.size === 0 && changes.some(({ key }) => key.pk.endsWith("#products"))) return;
      for (const id of new Set([...wanted.keys(), ...given.keys()]))
        if ((wanted.get(id) ?? 0) !== (given.get(id) ?? 0))
          broken(`${id} moved by ${given.get(id) ?? 0} instead of ${wanted.get(id) ?? 0}`);
    },
  }),
};

type Movements = Map<string, number>;

const add = (movements: Movements, id: string, count: number): void =>
  void movements.set(id, (movements.get(id) ?? 0) + count);

const stockGiven = (changes: readonly RowChange[]): Movements => {
  const given: Movements = new Map();
  for (const { before, after } of stockIn(changes)) {
    const pk = (after ?? before)?.pk;
    if (pk) add(given, pk, (after?.available ?? 0) - (before?.available ?? 0));
  }
  for (const { table, key, before, after } of changes)
    if (table === "commerce" && key.sk === "usage")
      add(given, key.pk, Number(before?.["used"] ?? 0) - Number(after?.["used"] ?? 0));
  return given;
};

/** What the moves in this transaction take from stock and give back. */
const movements = (changes: readonly RowChange[]): Movements => {
  const wanted: Movements = new Map();
  for (const { before, after } of checkoutsIn(changes)) {
    if (!after) continue;
    const from = before?.status;
    if (after.status === "completing" && (from === "open" || from === "ready"))
      quoted(wanted, after.storeId, after.quote, -1);
    if (before && from === "aborting" && after.status !== "aborting")
      quoted(wanted, before.storeId, before.quote, 1);
  }
  for (const { before, after } of ordersIn(changes))
    if (before && after?.status === "canceled" && before.status !== "canceled")
      quoted(wanted, before.storeId, before.quote, 1);
  return wanted;
};

const quoted = (wanted: Movements, storeId: string, quote: Quote, sign: 1 | -1): void => {
  for (const { productId, quantity } of quote.lines)
    add(wanted, `${storeId}#stock#${productId}`, sign * quantity);
  for (const { code, usageLimit } of quote.discounts)
    if (usageLimit !== undefined) add(wanted, `${storeId}#discount#${code}`, sign);
};
