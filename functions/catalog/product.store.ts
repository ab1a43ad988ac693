import { all, equals } from "#functions/runtime/condition.ts";
import type { Row, Table, Write } from "#functions/runtime/table.ts";
import type { ProductId, StoreId } from "#functions/values/id.ts";
import { type Offer, Product, type Shelf } from "./product.ts";
import { readStock } from "./stock.store.ts";

export type ProductStore = {
  /** Those that exist, each with its stock. */
  getMany(storeId: StoreId, ids: readonly ProductId[]): Promise<ReadonlyMap<ProductId, Offer>>;
  /** In order of id. `next` is where a further page begins; a page may be short because too few matched. */
  list(storeId: StoreId, wanted: Wanted): Promise<{ offers: readonly Offer[]; next?: ProductId }>;
};

export type Wanted = {
  readonly matches: (product: Product) => boolean;
  readonly after?: ProductId | undefined;
  readonly limit: number;
};

export const productStore = (table: Pick<Table, "get" | "query">): ProductStore => ({
  getMany: async (storeId, ids) => {
    const offers = await Promise.all([...new Set(ids)].map((id) => readOffer(table, storeId, id)));
    return new Map(offers.flatMap((offer) => (offer ? [[offer.product.id, offer]] : [])));
  },

  list: async (storeId, wanted) => {
    const { products, next } = await search(table, storeId, wanted);
    const offers = await Promise.all(products.map((product) => withStock(table, storeId, product)));
    return { offers, ...(next === undefined ? {} : { next }) };
  },
});

export const putProduct = (storeId: StoreId, product: Product): Write => ({
  table: "commerce",
  key: { pk: productsOf(storeId), sk: product.id },
  change: { put: product },
});

/** What changed of a product that is for sale, and nothing else of it; refused where that was changed meanwhile. */
export const changedProduct = (
  storeId: StoreId,
  { id, unitAmount, active }: Product,
  change: Partial<Pick<Product, "unitAmount" | "active">>,
): Write => ({
  table: "commerce",
  key: { pk: productsOf(storeId), sk: id },
  change: { set: change },
  condition: all(equals("unitAmount", unitAmount), equals("active", active)),
});

/** The partition in which a store's products lie by their ids. */
export const productsOf = (storeId: StoreId): string => `${storeId}#products`;

const readOffer = async (
  table: Pick<Table, "get">,
  storeId: StoreId,
  id: ProductId,
): Promise<Offer | undefined> => {
  const [row, stock] = await Promise.all([
    table.get("commerce", { pk: productsOf(storeId), sk: id }),
    readStock(table, storeId, id),
  ]);
  return row && { product: Product.parse(row), stock: stock ?? soldOut };
};

const withStock = async (table: Pick<Table, "get">, storeId: StoreId, product: Product): Promise<Offer> => ({
  product,
  stock: (await readStock(table, storeId, product.id)) ?? soldOut,
});

const soldOut: Shelf = { onHand: 0, reserved: 0, available: 0, version: 0, revision: 0 };

/** One request reads no more rows than this, however rare a match is: the caller goes on with `next`. */
const mostRead = 1_000;
const pageSize = 100;

const search = async (
  table: Pick<Table, "query">,
  storeId: StoreId,
  { matches, after, limit }: Wanted,
): Promise<{ products: Product[]; next?: ProductId | undefined }> => {
  const products: Product[] = [];
  let read = 0;
  let last = after;
  for await (const row of rowsAfter(table, productsOf(storeId), after)) {
    if (read === mostRead) return { products, next: last };
    read += 1;
    const product = Product.parse(row);
    if (matches(product)) {
      if (products.length === limit) return { products, next: products.at(-1)?.id };
      products.push(product);
    }
    last = product.id;
  }
  return { products };
};

async function* rowsAfter(
  table: Pick<Table, "query">,
  pk: string,
  after: ProductId | undefined,
): AsyncGenerator<Row> {
  let from = after === undefined ? undefined : { pk, sk: after };
  do {
    const page = await table.query("commerce", { pk, limit: pageSize, ...(from && { after: from }) });
    yield* page.rows;
    from = page.next && { pk, sk: page.next.sk };
  } while (from);
}
