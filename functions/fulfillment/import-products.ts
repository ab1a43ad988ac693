import { z } from "zod";
import { PutAnswer, PutProducts, type PutsProducts, putProducts } from "#functions/catalog/put-products.ts";
import type { Operation } from "#functions/runtime/route.ts";
import { callersStore } from "#functions/store/get-store.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { ConnectionStore } from "./connection.store.ts";
import type { Connection, ShopSettings } from "./connection.ts";
import type { connectorRoutes } from "./routes.ts";
import { type CallsWoo, type WooApi, wooApi } from "./woocommerce-api.ts";
import {
  type Import,
  importOf,
  Skipped,
  WooProduct,
  WooVariation,
  wooProductFields,
  wooVariationFields,
} from "./woocommerce-import.ts";

export const ImportProducts = z.strictObject({ page: z.int().min(1).max(100_000).default(1) });

/** `next`: the page to ask for then; absent: that was the last. */
export const ImportAnswer = z.object({
  ...PutAnswer.shape,
  skipped: z.array(Skipped),
  next: z.int().optional(),
});

type Imports = CallsWoo &
  PutsProducts & {
    readonly connections: ConnectionStore;
    readonly settingsOf: (connection: Connection) => Promise<ShopSettings | undefined>;
  };

/** So few, for each with variations is a further call. */
const pageSize = 20;
/** As many as one request may put. */
const atOnce = 100;

/**
 * Brings a page of what the shop sells into the catalog, with price and stock as they are there at this moment. What is
 * no longer there stays as it is: who has read all pages knows what that is.
 */
export const importProducts =
  (on: Imports): Operation<typeof connectorRoutes.importProducts> =>
  async ({ caller, body: { page }, request }) => {
    const connection = await on.connections.get(caller.storeId);
    if (connection?.kind !== "woocommerce")
      throw new Refusal(
        "conflict",
        "The store is connected to no WooCommerce site, whose products could be read.",
      );
    const { currency } = await callersStore(on.stores, caller);
    refuseOtherCurrency(currency, await on.settingsOf(connection));
    const { products, skipped, pages } = await readPage(await wooApi(on, connection), page, currency);
    const put = { created: [] as string[], updated: [] as string[] };
    for (let start = 0; start < products.length; start += atOnce) {
      const body = PutProducts.parse({ products: products.slice(start, start + atOnce) });
      const answer = PutAnswer.parse(
        (await putProducts(on)({ caller, body, request, part: `${start}` })).body,
      );
      put.created.push(...answer.created);
      put.updated.push(...answer.updated);
    }
    return { status: 200, body: { ...put, skipped, ...(page < pages && { next: page + 1 }) } };
  };

const refuseOtherCurrency = (currency: string, settings: ShopSettings | undefined): void => {
  if (!settings) throw unreadable();
  if (settings.currency === currency) return;
  const text = `This store sells in ${currency}, its shop in ${settings.currency}.`;
  throw new Refusal("currency_mismatch", text);
};

const unreadable = (): Refusal =>
  new Refusal(
    "temporarily_unavailable",
    "The shop could not be read; see whether its key is still good, and try again.",
  );

const readPage = async (api: WooApi, page: number, currency: string): Promise<Import & { pages: number }> => {
  const { body, pages } = await api(
    {
      path: "wc/v3/products",
      parameters: {
        ...{ per_page: String(pageSize), page: String(page), orderby: "id", order: "asc" },
        _fields: wooProductFields,
      },
    },
    z.array(WooProduct),
  );
  if (!body) throw unreadable();
  const parts = await Promise.all(
    body.map(async (product) => importOf(product, await variationsOf(api, product), currency)),
  );
  return {
    products: parts.flatMap(({ products }) => products),
    skipped: parts.flatMap(({ skipped }) => skipped),
    pages,
  };
};

/** Two thousand: whoever names the site may name one that says that there is ever more. */
const mostPages = 20;

const variationsOf = async (api: WooApi, { id, type }: WooProduct): Promise<readonly WooVariation[]> => {
  const all: WooVariation[] = [];
  for (let [page, pages] = [1, type === "variable" ? 1 : 0]; page <= pages; page += 1) {
    const listed = await api(variationsAt(id, page), z.array(WooVariation));
    if (!listed.body || listed.pages > mostPages) throw unreadable();
    all.push(...listed.body);
    pages = listed.pages;
  }
  return all;
};

const variationsAt = (productId: number, page: number) => ({
  path: `wc/v3/products/${productId}/variations`,
  parameters: {
    ...{ per_page: "100", page: String(page), orderby: "id", order: "asc" },
    _fields: wooVariationFields,
  },
});
