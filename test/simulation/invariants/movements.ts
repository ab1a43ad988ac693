import type { Checkout } from "#functions/checkout/checkout.ts";
import type { Order } from "#functions/order/order.ts";
import { restockedPieces } from "#functions/order/refund.ts";
import type { Quote } from "#functions/pricing/pricing.ts";
import type { RowChange } from "#functions/runtime/memory-table.ts";
import { checkoutsIn, ordersIn } from "./rows.ts";

/** How far each count of stock and of discount uses moves. */
export type Movements = Map<string, number>;
type Movement = readonly [string, number];
type Line = { readonly productId: string; readonly quantity: number };

export const summed = (movements: readonly Movement[]): Movements => {
  const sums: Movements = new Map();
  for (const [id, count] of movements) sums.set(id, (sums.get(id) ?? 0) + count);
  return sums;
};

/** What the rows say. */
export const movedIn = (changes: readonly RowChange[]): Movements =>
  summed(changes.filter(({ table }) => table === "commerce").flatMap(movedBy));

const movedBy = ({ key, before, after }: RowChange): Movement[] => {
  const moved = (name: string) => Number(after?.[name] ?? 0) - Number(before?.[name] ?? 0);
  if (key.sk === "usage") return [[key.pk, -moved("used")]];
  if (key.sk !== "stock") return [];
  return [
    [`${key.pk} available`, moved("available")],
    [`${key.pk} reserved`, moved("reserved")],
  ];
};

/** What the moves of checkouts and orders in this transaction reserve, release, sell and put back. */
export const movementsFor = (changes: readonly RowChange[]): Movements =>
  summed([
    ...checkoutsIn(changes).flatMap(({ before, after }) => (after ? ofCheckout(before, after) : [])),
    ...ordersIn(changes).flatMap(({ before, after }) => (before && after ? ofOrder(before, after) : [])),
  ]);

const ofCheckout = (before: Checkout | undefined, after: Checkout): Movement[] => {
  const isBegun = after.status === "completing" && (before?.status === "open" || before?.status === "ready");
  if (isBegun) return reserved(after.storeId, after.quote, 1);
  const isUndone = before?.status === "aborting" && after.status !== "aborting";
  return isUndone ? reserved(before.storeId, before.quote, -1) : [];
};

const reserved = (storeId: string, quote: Quote, sign: 1 | -1): Movement[] => [
  ...quote.lines.flatMap(({ productId, quantity }): Movement[] => [
    [`${shelf(storeId, productId)} available`, -sign * quantity],
    [`${shelf(storeId, productId)} reserved`, sign * quantity],
  ]),
  ...discounts(storeId, quote, -sign),
];

export const shelf = (storeId: string, productId: string): string => `${storeId}#stock#${productId}`;

const discounts = (storeId: string, quote: Quote, sign: number): Movement[] =>
  quote.discounts
    .filter(({ usageLimit }) => usageLimit !== undefined)
    .map(({ code }) => [`${storeId}#discount#${code}`, sign]);

const ofOrder = (before: Order, after: Order): Movement[] => [
  ...(before.status !== "canceled" && after.status === "canceled"
    ? discounts(after.storeId, after.quote, 1)
    : []),
  ...after.quote.lines.flatMap((line) => ofLine(before, after, line)),
];

const ofLine = (before: Order, after: Order, line: Line): Movement[] => {
  const id = shelf(after.storeId, line.productId);
  if (isSold(after) && !isSold(before)) return [[`${id} reserved`, -line.quantity]];
  const back = buyers(before, line) - buyers(after, line);
  return [[`${id} available`, back], ...(isSold(before) ? [] : [[`${id} reserved`, -back] as const])];
};

/** Once confirmed, an order's pieces are the buyer's, whatever becomes of the order. */
export const isSold = ({ confirmedAt }: Order): boolean => confirmedAt !== undefined;

const buyers = ({ status, refunds = [] }: Order, { productId, quantity }: Line): number =>
  status === "canceled" ? 0 : Math.max(0, quantity - restockedPieces(refunds, productId));
