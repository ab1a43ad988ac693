import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import type { Answer, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import { type CurrencyStore, fixedCurrency } from "#functions/store/currency.store.ts";
import { callersStore } from "#functions/store/get-store.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import type { Store } from "#functions/store/store.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { distinct } from "#functions/values/distinct.ts";
import { ProductId, type StoreId } from "#functions/values/id.ts";
import { Currency } from "#functions/values/money.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type ProductStore, putProduct } from "./product.store.ts";
import { type Offer, Product, Stock } from "./product.ts";
import { firstStock, setStock } from "./stock.store.ts";

const ProductBody = z.strictObject({
  ...Product.shape,
  /** Not needed; where it is given it must be the store's, so that no price is read in another currency. */
  currency: Currency.optional(),
  /** Left out, the stock stays as it is. */
  stock: z
    .strictObject({
      /**
       * Pieces that the store has to sell: confirmed orders are taken off, what is being bought is still counted in.
       * `null` is without limit.
       */
      onHand: z.int().nonnegative().max(1_000_000_000).nullable(),
      /** The version that was read: refused if anything was sold, returned or set since. */
      version: z.int().nonnegative().optional(),
      /** As they were read. Nobody but buyers changes them. */
      reserved: Stock.shape.reserved.optional(),
      available: Stock.shape.available.optional(),
    })
    .optional(),
});
type ProductBody = z.infer<typeof ProductBody>;

export const PutProducts = z.strictObject({
  products: z
    .array(ProductBody)
    .min(1)
    .max(100)
    .check(distinct("id", ({ id }) => id)),
});
export type PutProducts = z.infer<typeof PutProducts>;

export const PutAnswer = z.object({ created: z.array(ProductId), updated: z.array(ProductId) });

export type PutsProducts = {
  stores: StoreStore;
  currencies: CurrencyStore;
  products: Pick<ProductStore, "getMany">;
  table: Pick<Table, "commit">;
  now: Clock;
};
/** `part`: tells apart what one request puts in several. */
type Asked = { caller: Caller; body: PutProducts; request: RequestFacts; part?: string };

/** Two writes a product, two that fix the currency and the record of the act fit one transaction of 100. */
const atOnce = 48;
const tries = 3;

/**
 * Creates or replaces products. Up to 48 are one transaction; more are several, which a repeat of the request
 * completes. The first has the one record of all. All that can be refused is looked at before the first.
 */
export const putProducts =
  (on: PutsProducts) =>
  async (asked: Asked): Promise<Answer> => {
    const { caller, body } = asked;
    const { products } = body;
    const store = await callersStore(on.stores, caller);
    refuseOtherCurrencies(products, store);
    const ids = products.map(({ id }) => id);
    const before = await on.products.getMany(store.id, ids);
    refuseOldStock(products, before);
    for (let start = 0; start < products.length; start += atOnce) {
      const act = start === 0 ? [recordOf(asked, on.now())] : [];
      await putTogether(on, store, products.slice(start, start + atOnce), act);
    }
    return {
      status: 200,
      body: { created: ids.filter((id) => !before.has(id)), updated: ids.filter((id) => before.has(id)) },
    };
  };

const recordOf = (asked: Asked, at: Instant): Write =>
  actOfKey(
    asked,
    {
      action: "products.put",
      decidedBy: "products:write",
      at,
      about: { productIds: asked.body.products.map(({ id }) => id).join(",") },
    },
    asked.part,
  );

const refuseOtherCurrencies = (products: readonly ProductBody[], store: Store): void => {
  for (const [index, { currency }] of products.entries()) {
    if (currency === undefined || currency === store.currency) continue;
    const text = `This store sells in ${store.currency}, the product has a price in ${currency}.`;
    throw new Refusal("currency_mismatch", text, { param: `$.products[${index}].currency` });
  }
};

const refuseOldStock = (products: readonly ProductBody[], before: ReadonlyMap<ProductId, Offer>): void => {
  for (const [index, { id, stock }] of products.entries()) {
    if (stock?.version === undefined || stock.version === before.get(id)?.stock.version) continue;
    throw oldStock(`$.products[${index}].stock.version`);
  }
};

const oldStock = (param: string): Refusal =>
  new Refusal("conflict", "The stock was changed since it was read; read it and try again.", { param });

/** A race with another request for the same new product, or for the store's first, is run again. */
const putTogether = async (
  on: PutsProducts,
  store: Store,
  products: readonly ProductBody[],
  act: readonly Write[],
): Promise<void> => {
  for (let left = tries; left > 0; left -= 1) {
    const lost = await tryCommit(on.table, [...(await writesFor(on, store, products)), ...act]);
    if (lost.length === 0) return;
    refuseOldStock(
      products,
      await on.products.getMany(
        store.id,
        products.map(({ id }) => id),
      ),
    );
  }
  throw new Refusal("conflict", "The catalog is being changed at the same time; try again.");
};

const writesFor = async (
  on: PutsProducts,
  store: Store,
  products: readonly ProductBody[],
): Promise<Write[]> => {
  const ids = products.map(({ id }) => id);
  const [isFixed, known] = await Promise.all([
    on.currencies.isFixed(store.id),
    on.products.getMany(store.id, ids),
  ]);
  return [
    ...(isFixed ? [] : fixedCurrency(store.id, store.currency)),
    ...products.flatMap((product) => productWrites(store.id, product, known.has(product.id))),
  ];
};

const productWrites = (storeId: StoreId, body: ProductBody, known: boolean): Write[] => {
  const { currency: _, stock, ...product } = body;
  const write = putProduct(storeId, product);
  if (stock) return [write, setStock(storeId, product.id, stock)];
  return known ? [write] : [write, firstStock(storeId, product.id, product.digital)];
};
