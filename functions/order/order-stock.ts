import { releaseStock, restockStock, sellStock } from "#functions/catalog/stock.store.ts";
import type { Line } from "#functions/checkout/contents.ts";
import { discountReleaseOf } from "#functions/checkout/stock-writes.ts";
import type { Write } from "#functions/runtime/table.ts";
import type { Order } from "./order.ts";
import { restockedPieces } from "./refund.ts";

/**
 * What becomes of an order's pieces, and of its use of discount codes, when it or a refund of it moves. Commit it
 * beside the order, whose revision makes sure that it happens once.
 */
export const stockWritesOf = (before: Order, after: Order): Write[] => [
  ...after.quote.lines.flatMap((line) => lineWrites(before, after, line)),
  ...(before.status !== "canceled" && after.status === "canceled" ? discountReleaseOf(after) : []),
];

/** Until it is confirmed an order's pieces are reserved; then they are sold, and come back as new ones. */
const lineWrites = (before: Order, after: Order, line: Line): Write[] => {
  const { storeId, confirmedAt } = after;
  const { productId } = line;
  const taken = takenOf(before, line);
  const back = { storeId, productId, quantity: taken - takenOf(after, line) };
  if (before.confirmedAt === undefined && confirmedAt !== undefined)
    return [sellStock({ storeId, productId, quantity: taken })];
  if (back.quantity === 0) return [];
  return [confirmedAt === undefined ? releaseStock(back) : restockStock(back)];
};

/** How many pieces of a line are the buyer's; no refund puts back more, however often a failed one is made again. */
const takenOf = ({ status, refunds }: Order, { productId, quantity }: Line): number =>
  status === "canceled" ? 0 : Math.max(0, quantity - restockedPieces(refunds, productId));
