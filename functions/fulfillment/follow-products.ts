import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { changedProduct, type ProductStore } from "#functions/catalog/product.store.ts";
import type { Offer, Product } from "#functions/catalog/product.ts";
import { setStock } from "#functions/catalog/stock.store.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import { type Clock, toIso } from "#functions/values/clock.ts";
import type { ProductId } from "#functions/values/id.ts";
import { type Currency, MinorUnits } from "#functions/values/money.ts";
import { minorUnitsOf, wooIdOf } from "./woocommerce.ts";
import type { WooApi } from "./woocommerce-api.ts";
import { leftOf, WooOffer, WooOffers, wooOfferFields } from "./woocommerce-catalog.ts";

type Follows = {
  readonly products: Pick<ProductStore, "list">;
  readonly table: Pick<Table, "commit">;
  readonly now: Clock;
};
type Shop = { readonly store: Store; readonly api: WooApi };

/** So few, for each with variations is a further call. */
const pageSize = 20;

/**
 * A page of what is for sale here under a number of the site's gets price and stock as they are there, and what is gone
 * there is sold no more. What is new there its owner brings: what agents may sell is the owner's to say.
 * `undefined`: it could not be read.
 */
export const followProducts =
  (on: Follows) =>
  async ({ store, api }: Shop, after?: ProductId): Promise<{ next?: ProductId | undefined } | undefined> => {
    const matches = ({ id, active }: Product) => active && wooIdOf(id) !== undefined;
    const { offers, next } = await on.products.list(store.id, { matches, after, limit: pageSize });
    const there = await readThere(
      api,
      offers.map(({ product }) => product.id),
    );
    if (!there) return undefined;
    // Each by itself: one that was changed meanwhile is right the next time.
    for (const offer of offers) {
      const writes = writesFor(on, store, offer, saleOf(there, offer.product.id, store.currency));
      if (writes.length > 0) await tryCommit(on.table, writes);
    }
    return { next };
  };

const Listed = z.object({ ...WooOffer.shape, type: z.string().default("simple") });
type There = {
  readonly products: ReadonlyMap<number, z.infer<typeof Listed>>;
  readonly variations: ReadonlyMap<number, WooOffer>;
};

const readThere = async (api: WooApi, ids: readonly ProductId[]): Promise<There | undefined> => {
  const wanted = ids.flatMap((id) => wooIdOf(id) ?? []);
  if (wanted.length === 0) return { products: new Map(), variations: new Map() };
  const including = (all: readonly number[]) => ({ include: [...new Set(all)].join(","), per_page: "100" });
  const { body: products } = await api(
    {
      path: "wc/v3/products",
      parameters: { ...including(wanted.map(({ product }) => product)), _fields: `${wooOfferFields},type` },
    },
    z.array(Listed),
  );
  if (!products) return undefined;
  const variable = products.filter(({ type }) => type === "variable");
  const lists = await Promise.all(
    variable.map(({ id }) => {
      const some = wanted.flatMap(({ product, variation }) =>
        product === id && variation !== undefined ? [variation] : [],
      );
      const parameters = { ...including(some), _fields: wooOfferFields };
      return some.length === 0
        ? { body: [] }
        : api({ path: `wc/v3/products/${id}/variations`, parameters }, WooOffers);
    }),
  );
  if (lists.some(({ body }) => !body)) return undefined;
  const byId = <Each extends { id: number }>(all: readonly Each[]) =>
    new Map(all.map((each) => [each.id, each]));
  return { products: byId(products), variations: byId(lists.flatMap(({ body = [] }) => body)) };
};

type Sale = { readonly unitAmount: number; readonly onHand: number | null };

/** `undefined`: it is sold there no more, or has no price in this currency. */
const saleOf = (there: There, id: ProductId, currency: Currency): Sale | undefined => {
  const { product = 0, variation } = wooIdOf(id) ?? {};
  const listed = there.products.get(product);
  if (listed?.status !== "publish" || (listed.type === "variable") !== (variation !== undefined))
    return undefined;
  const offer = variation === undefined ? listed : there.variations.get(variation);
  if (offer?.status !== "publish") return undefined;
  const unitAmount = MinorUnits.safeParse(minorUnitsOf(offer.price, currency)).data;
  return unitAmount === undefined ? undefined : { unitAmount, onHand: leftOf(offer, listed) };
};

const writesFor = (on: Follows, store: Store, { product, stock }: Offer, sale: Sale | undefined): Write[] => {
  if (!sale) return changed(on, store, product, { active: false });
  const { unitAmount, onHand } = sale;
  return [
    ...(unitAmount === product.unitAmount ? [] : changed(on, store, product, { unitAmount })),
    ...(onHand === stock.onHand ? [] : [setStock(store.id, product.id, { onHand, version: stock.version })]),
  ];
};

const changed = (
  on: Follows,
  { id: storeId }: Store,
  product: Product,
  change: Partial<Pick<Product, "unitAmount" | "active">>,
): Write[] => {
  const at = on.now();
  return [
    changedProduct(storeId, product, change),
    recordedAct({
      action: "products.put",
      actor: { role: "service", requestId: `${product.id}#${toIso(at)}` },
      decidedBy: "schedule",
      storeId,
      at,
      about: { productIds: product.id },
    }),
  ];
};
