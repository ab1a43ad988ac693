import { readStock, reserveStock } from "#functions/catalog/stock.store.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { storeId } from "#test/store/a-store.ts";

const nothing = { onHand: 0, reserved: 0, available: 0, version: 0, revision: 0 };

/** Reserves mugs as a buyer would, who looks first; whether they could be had. */
export const reserve = async (table: Table, quantity: number): Promise<boolean> => {
  const seen = (await readStock(table, storeId, "mug")) ?? nothing;
  const { write } = reserveStock({ storeId, productId: "mug", quantity }, seen);
  return (await tryCommit(table, [write])).length === 0;
};
