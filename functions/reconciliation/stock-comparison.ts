import { type Checkout, isMidWay } from "#functions/checkout/checkout.ts";
import type { Order } from "#functions/order/order.ts";
import type { ProductId, StoreId } from "#functions/values/id.ts";
import type { Divergence } from "./divergence.ts";
import { saying } from "./money-comparison.ts";

/** Pieces that somebody holds, by product. */
export type Held = ReadonlyMap<string, number>;

export const shelfName = (storeId: StoreId, productId: ProductId): string => `${storeId}#${productId}`;

type Holders = {
  readonly checkouts: readonly Pick<Checkout, "id" | "storeId" | "status" | "quote">[];
  readonly orders: readonly Pick<Order, "checkoutId" | "storeId" | "status" | "confirmedAt" | "quote">[];
};

/** What checkouts being completed and orders not yet confirmed hold together; who is both holds once. */
export const heldBy = ({ checkouts, orders }: Holders): Held => {
  const holders = new Map<string, Pick<Order, "storeId" | "quote">>([
    ...checkouts.filter(({ status }) => isMidWay(status)).map((checkout) => [checkout.id, checkout] as const),
    ...orders.filter(isReserved).map((order) => [order.checkoutId, order] as const),
  ]);
  const held = new Map<string, number>();
  for (const { storeId, quote } of holders.values())
    for (const { productId, quantity } of quote.lines) {
      const name = shelfName(storeId, productId);
      held.set(name, (held.get(name) ?? 0) + quantity);
    }
  return held;
};

/** Once it was confirmed its pieces are sold, even if it is canceled later. */
const isReserved = ({ status, confirmedAt }: Pick<Order, "status" | "confirmedAt">): boolean =>
  status === "placed" || (status === "canceling" && confirmedAt === undefined);

export type ShelfRead = {
  readonly storeId: StoreId;
  readonly productId: ProductId;
  /** Before and after what is held was read: if it moved in between, nothing can be said. */
  readonly before: { readonly reserved: number; readonly revision: number } | undefined;
  readonly after: { readonly reserved: number; readonly revision: number } | undefined;
  readonly held: Held;
};

export const compareShelf = ({ storeId, productId, before, after, held }: ShelfRead): Divergence[] => {
  if (!before || before.revision !== after?.revision) return [];
  const pieces = before.reserved - (held.get(shelfName(storeId, productId)) ?? 0);
  return pieces === 0 ? [] : [saying({ storeId, productId })("orphan_reservation", { pieces })];
};
