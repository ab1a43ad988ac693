import { z } from "zod";
import { any, atLeast, equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { ProductId, StoreId } from "#functions/values/id.ts";
import type { Stock } from "./product.ts";

/**
 * Unlimited stock counts too, into the negative and read by nobody: so one write reserves either kind, whatever
 * the owner changed since the stock was read.
 */
const StockRow = z.object({ available: z.int(), unlimited: z.boolean().optional(), version: z.int() });

export const readStock = async (
  table: Pick<Table, "get">,
  storeId: StoreId,
  productId: ProductId,
): Promise<Stock | undefined> => {
  const row = await table.get("commerce", stockRow(storeId, productId));
  if (!row) return undefined;
  const { available, unlimited, version } = StockRow.parse(row);
  return { available: unlimited ? null : available, version };
};

/** Takes pieces off what may still be sold; fails when there are fewer. */
export const reserveStock = (storeId: StoreId, productId: ProductId, quantity: number): Write => ({
  table: "commerce",
  key: stockRow(storeId, productId),
  change: { add: { available: -quantity, version: 1 } },
  condition: any(equals("unlimited", true), atLeast("available", quantity)),
});

/** Gives back what `reserveStock` took. Commit it beside the move that makes sure it happens once. */
export const releaseStock = (storeId: StoreId, productId: ProductId, quantity: number): Write => ({
  table: "commerce",
  key: stockRow(storeId, productId),
  change: { add: { available: quantity, version: 1 } },
});

/**
 * Says how many may still be sold from now on, reservations already taken off. With `version` only over that
 * very version, so that a count from before a sale does not undo the sale.
 */
export const setStock = (
  storeId: StoreId,
  productId: ProductId,
  { available, version }: { available: number | null; version?: number | undefined },
): Write => ({
  table: "commerce",
  key: stockRow(storeId, productId),
  change: {
    set: { available: available ?? 0, unlimited: available === null ? true : undefined },
    add: { version: 1 },
  },
  ...(version === undefined ? {} : { condition: equals("version", version) }),
});

/** Of a product that is new: a download is without limit, anything else is sold out until its stock is told. */
export const firstStock = (storeId: StoreId, productId: ProductId, digital: boolean): Write => ({
  table: "commerce",
  key: stockRow(storeId, productId),
  change: { put: { available: 0, unlimited: digital || undefined, version: 1 } },
  condition: missing(),
});

const stockRow = (storeId: StoreId, productId: ProductId): Key => ({
  pk: `${storeId}#stock#${productId}`,
  sk: "stock",
});
