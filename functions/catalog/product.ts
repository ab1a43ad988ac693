import { z } from "zod";
import { ProductId } from "#functions/values/id.ts";
import { MinorUnits } from "#functions/values/money.ts";

/** What is for sale, in the store's currency. */
export const Product = z.object({
  id: ProductId,
  title: z.string().min(1).max(256),
  description: z.string().max(5_000).optional(),
  /** Per piece. */
  unitAmount: MinorUnits,
  imageUrl: z
    .url({ protocol: /^https$/ })
    .max(2_048)
    .optional(),
  /** Delivered by download: no shipping, no address. */
  digital: z.boolean().default(false),
  /** `false`: no longer sold; it stays readable for the orders that hold it. */
  active: z.boolean().default(true),
  maxPerOrder: z.int().min(1).max(9_999).optional(),
});
export type Product = z.infer<typeof Product>;

/**
 * Pieces; `null` is without limit (downloads). A product's stock lives in a row of its own: buyers race for it,
 * readers of the product do not.
 */
export const Stock = z.object({
  /** What the store has to sell: what is being bought is still counted in, what confirmed orders took is not. */
  onHand: z.int().nonnegative().nullable(),
  /** Held by checkouts that are being completed and by orders that are not confirmed yet. */
  reserved: z.int().nonnegative(),
  /** What may still be sold now; 0 also where the store said fewer than are reserved. */
  available: z.int().nonnegative().nullable(),
  /** Counts the changes of `onHand`: a reservation, which may come back, is none. */
  version: z.int().nonnegative(),
});
export type Stock = z.infer<typeof Stock>;

/** The same as buyers race for it. */
export type Shelf = Stock & {
  /** Counts every write. */
  readonly revision: number;
  /** Number of the last event that nothing was left. */
  readonly depletion?: number | undefined;
};

/** A product and what is left of it. */
export type Offer = { readonly product: Product; readonly stock: Shelf };

/** Whether every word of the search is somewhere in the product's id, title or description. */
export const matches = (product: Product, search: string): boolean => {
  const text = `${product.id} ${product.title} ${product.description ?? ""}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
};
