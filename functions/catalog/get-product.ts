import { z } from "zod";
import type { Answer } from "#functions/runtime/route.ts";
import { callersStore } from "#functions/store/get-store.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import type { Caller } from "#functions/values/caller.ts";
import { ProductId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { ProductStore } from "./product.store.ts";
import { showProduct } from "./show-product.ts";

export const GetProduct = z.strictObject({ id: ProductId });
export type GetProduct = z.infer<typeof GetProduct>;

/** One that is no longer sold is answered too: orders go on naming it. */
export const getProduct =
  (on: { stores: StoreStore; products: Pick<ProductStore, "getMany"> }) =>
  async ({ caller, params: { id } }: { caller: Caller; params: GetProduct }): Promise<Answer> => {
    const [{ currency }, offers] = await Promise.all([
      callersStore(on.stores, caller),
      on.products.getMany(caller.storeId, [id]),
    ]);
    const offer = offers.get(id);
    if (!offer) throw new Refusal("not_found", "This store has no product with this id.");
    return { status: 200, body: showProduct(offer, currency) };
  };
