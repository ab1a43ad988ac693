import { z } from "zod";
import { above, all, any, type Condition, equals, exists, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { ProductId, StoreId } from "#functions/values/id.ts";
import type { Shelf } from "./product.ts";

/**
 * `available` and `reserved` together are what is on hand. Unlimited stock counts too, into the negative and read by
 * nobody: so one write reserves either kind, whatever the owner changed since the stock was read.
 */
const StockRow = z.object({
  available: z.int(),
  reserved: z.int().default(0),
  unlimited: z.boolean().optional(),
  /** Counts every write. */
  version: z.int(),
  /** Counts those that changed what is on hand. */
  onHandVersion: z.int().default(0),
  depletion: z.int().optional(),
});
type StockRow = z.infer<typeof StockRow>;

export const readStock = async (
  table: Pick<Table, "get">,
  storeId: StoreId,
  productId: ProductId,
): Promise<Shelf | undefined> => {
  const row = await table.get("commerce", stockRow(storeId, productId));
  return row && shelfOf(StockRow.parse(row));
};

/** What is laid aside as the row counts it, where less than nothing is a mistake that must be seen. */
export const readReserved = async (
  table: Pick<Table, "get">,
  storeId: StoreId,
  productId: ProductId,
): Promise<{ reserved: number; revision: number } | undefined> => {
  const row = await table.get("commerce", stockRow(storeId, productId));
  if (!row) return undefined;
  const { reserved, version } = StockRow.parse(row);
  return { reserved, revision: version };
};

/** Inside, less than nothing may be left: the store said fewer than were reserved. */
const shelfOf = ({ available, reserved, unlimited, version, onHandVersion, depletion }: StockRow): Shelf => ({
  onHand: unlimited ? null : Math.max(0, available + reserved),
  reserved: Math.max(0, reserved),
  available: unlimited ? null : Math.max(0, available),
  version: onHandVersion,
  revision: version,
  depletion,
});

/** Of one product. */
export type Pieces = { readonly storeId: StoreId; readonly productId: ProductId; readonly quantity: number };

/** `depletion`: nothing is left, and this is the number of the event that says so. */
export type Reservation = { readonly write: Write; readonly depletion?: number };

/**
 * Lays pieces aside of what may still be sold. Who takes the last ones says so, and then only if they still are the
 * last; who believes that more are left must be right too. Else the write fails, and another look is due.
 */
export const reserveStock = (pieces: Pieces, seen: Shelf): Reservation =>
  seen.available === pieces.quantity
    ? lastOnes(pieces, seen)
    : { write: reserving(pieces, unlessLast(pieces)) };

const unlessLast = ({ quantity }: Pieces): Condition =>
  any(equals("unlimited", true), above("available", quantity));

/** The number rises from one to the next. Only another such write stands in the way, not what is sold or told meanwhile. */
const lastOnes = (pieces: Pieces, { revision, depletion: before }: Shelf): Reservation => {
  const depletion = revision + 1;
  const since = before === undefined ? missing("depletion") : equals("depletion", before);
  const condition = all(missing("unlimited"), equals("available", pieces.quantity), since);
  return { write: reserving(pieces, condition, { depletion }), depletion };
};

const reserving = (pieces: Pieces, condition: Condition, set?: Numbers): Write => ({
  ...counted(pieces, { available: -pieces.quantity, reserved: pieces.quantity }, set),
  condition,
});

/** Gives back what `reserveStock` laid aside. Commit it beside the move that makes sure it happens once. */
export const releaseStock = (pieces: Pieces): Write =>
  counted(pieces, { available: pieces.quantity, reserved: -pieces.quantity });

/** What `reserveStock` laid aside is no longer the store's. Commit it beside the move that makes sure it happens once. */
export const sellStock = (pieces: Pieces): Write =>
  counted(pieces, { reserved: -pieces.quantity, onHandVersion: 1 });

/** Sold pieces come back. Commit it beside the move that makes sure it happens once. */
export const restockStock = (pieces: Pieces): Write =>
  counted(pieces, { available: pieces.quantity, onHandVersion: 1 });

/**
 * Pieces came, or are gone without a sale. Nobody's reservation is touched. What is still free is taken whatever is
 * sold meanwhile; more than that only from the very number that was seen, of which some are laid aside.
 */
export const addStock = (pieces: Pieces, seen: Shelf): Write => ({
  ...counted(pieces, { available: pieces.quantity, onHandVersion: 1 }),
  condition: all(missing("unlimited"), enough(pieces, seen)),
});

const enough = ({ quantity }: Pieces, { available, version }: Shelf): Condition => {
  if (quantity > 0) return exists();
  return available !== null && available >= -quantity
    ? above("available", -quantity - 1)
    : unchangedSince(version);
};

type Numbers = { readonly [name: string]: number };

const counted = ({ storeId, productId }: Pieces, add: Numbers, set?: Numbers): Write => ({
  table: "commerce",
  key: stockRow(storeId, productId),
  change: { add: { ...add, version: 1 }, ...(set && { set }) },
});

/**
 * Says how many the store has to sell. What is reserved at the moment of the write stays reserved, so it races with
 * no buyer. With `version` only where what is on hand has not changed since, so that a count from before a sale
 * does not undo the sale; 0 is that of a row from before versions were counted.
 */
export const setStock = (
  storeId: StoreId,
  productId: ProductId,
  { onHand, version }: { onHand: number | null; version?: number | undefined },
): Write => ({
  table: "commerce",
  key: stockRow(storeId, productId),
  change: {
    left: { available: { of: onHand ?? 0, without: "reserved" } },
    set: { unlimited: onHand === null ? true : undefined },
    add: { version: 1, onHandVersion: 1 },
  },
  ...(version === undefined ? {} : { condition: unchangedSince(version) }),
});

const unchangedSince = (version: number) =>
  version === 0 ? missing("onHandVersion") : equals("onHandVersion", version);

/** Of a product that is new: a download is without limit, anything else is sold out until its stock is told. */
export const firstStock = (storeId: StoreId, productId: ProductId, digital: boolean): Write => ({
  table: "commerce",
  key: stockRow(storeId, productId),
  change: {
    put: { available: 0, reserved: 0, unlimited: digital || undefined, version: 1, onHandVersion: 1 },
  },
  condition: missing(),
});

const stockRow = (storeId: StoreId, productId: ProductId): Key => ({
  pk: `${storeId}#stock#${productId}`,
  sk: "stock",
});
