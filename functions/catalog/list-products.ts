import { z } from "zod";
import type { Answer } from "#functions/runtime/route.ts";
import { callersStore } from "#functions/store/get-store.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import type { Caller } from "#functions/values/caller.ts";
import { ProductId } from "#functions/values/id.ts";
import type { ProductStore } from "./product.store.ts";
import { matches } from "./product.ts";
import { ProductAnswer, showProduct } from "./show-product.ts";

export const ListProducts = z.strictObject({
  /** Words that must all occur in id, title or description. */
  q: z.string().trim().min(1).max(128).optional(),
  /** `next` of the page before. */
  after: ProductId.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type ListProducts = z.infer<typeof ListProducts>;

/** `next` is there as long as there may be more, even if this page holds little. */
export const ProductsAnswer = z.object({ products: z.array(ProductAnswer), next: ProductId.optional() });

/** What the store sells, in order of id; whoever keeps the catalog also sees what is no longer sold. */
export const listProducts =
  (on: { stores: StoreStore; products: Pick<ProductStore, "list"> }) =>
  async ({ caller, query }: { caller: Caller; query: ListProducts }): Promise<Answer> => {
    const { q, after, limit } = query;
    const seesAll = caller.scopes.includes("products:write");
    const [{ currency }, page] = await Promise.all([
      callersStore(on.stores, caller),
      on.products.list(caller.storeId, {
        matches: (product) => (product.active || seesAll) && (q === undefined || matches(product, q)),
        after,
        limit,
      }),
    ]);
    const products = page.offers.map((offer) => showProduct(offer, currency));
    return { status: 200, body: { products, ...(page.next === undefined ? {} : { next: page.next }) } };
  };
