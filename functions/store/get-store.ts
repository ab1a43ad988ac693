import { z } from "zod";
import type { ProductStore } from "#functions/catalog/product.store.ts";
import type { Product } from "#functions/catalog/product.ts";
import type { Answer } from "#functions/runtime/route.ts";
import type { Caller } from "#functions/values/caller.ts";
import { toIso } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Catalog, Missing, missingOf } from "./missing.ts";
import { paragraphVersion, privacyParagraph } from "./privacy-paragraph.ts";
import type { StoreStore } from "./store.store.ts";
import { Store } from "./store.ts";

export const StoreAnswer = z.object({
  ...Store.shape,
  tokensKilledAt: z.iso.datetime().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** What it still lacks to sell. */
  missing: z.array(Missing),
});

export type ShowsStore = { products: Pick<ProductStore, "list"> };

export const getStore =
  (on: ShowsStore & { stores: StoreStore }) =>
  async ({ caller }: { caller: Caller }): Promise<Answer> => ({
    status: 200,
    body: await showStore(on, await callersStore(on.stores, caller)),
  });

export const callersStore = async (stores: StoreStore, caller: Caller): Promise<Store> => {
  const store = await stores.get(caller.storeId);
  if (!store) throw new Refusal("not_found", "There is no such store.");
  return store;
};

export const showStore = async (on: ShowsStore, store: Store): Promise<z.infer<typeof StoreAnswer>> => ({
  ...store,
  tokensKilledAt: store.tokensKilledAt === undefined ? undefined : toIso(store.tokensKilledAt),
  createdAt: toIso(store.createdAt),
  updatedAt: toIso(store.updatedAt),
  missing: missingOf(store, await catalogOf(on, store)),
});

const catalogOf = async ({ products }: ShowsStore, { id }: Store): Promise<Catalog> => {
  const has = async (matches: (product: Product) => boolean) =>
    (await products.list(id, { matches, limit: 1 })).offers.length > 0;
  const [sells, ships] = await Promise.all([
    has(({ active }) => active),
    has(({ active, digital }) => active && !digital),
  ]);
  return { sells, ships };
};

export const ParagraphAnswer = z.object({
  version: z.string(),
  paragraph: z.string(),
  /** The store has said that its privacy policy holds this very version. */
  confirmed: z.boolean(),
});

export const getPrivacyParagraph =
  (on: { stores: StoreStore }) =>
  async ({ caller }: { caller: Caller }): Promise<Answer> => {
    const store = await callersStore(on.stores, caller);
    const version = paragraphVersion(store);
    const confirmed = store.privacyParagraph === version;
    return { status: 200, body: { version, paragraph: privacyParagraph(store), confirmed } };
  };
