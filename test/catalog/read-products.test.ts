import { describe, expect, it } from "vitest";
import { getProduct } from "#functions/catalog/get-product.ts";
import { ListProducts, listProducts, ProductsAnswer } from "#functions/catalog/list-products.ts";
import { productStore, putProduct } from "#functions/catalog/product.store.ts";
import { Product } from "#functions/catalog/product.ts";
import { setStock } from "#functions/catalog/stock.store.ts";
import { createdStore, storeStore } from "#functions/store/store.store.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { aCaller, aStore, storeId } from "#test/store/a-store.ts";

const aPlace = async (...given: object[]) => {
  const on = memoryPlatform();
  await on.table.commit([createdStore(aStore())]);
  for (const each of given) {
    await on.table.commit([
      putProduct(storeId, Product.parse({ title: "A thing", unitAmount: 100, ...each })),
    ]);
  }
  const collaborators = { stores: storeStore(on.table), products: productStore(on.table) };
  const list = async (query: object, caller = aCaller()) => {
    const answer = await listProducts(collaborators)({ caller, query: ListProducts.parse(query) });
    const { products, next } = ProductsAnswer.parse(answer.body);
    return { ids: products.map(({ id }) => id), next };
  };
  const get = (id: string, caller = aCaller()) => getProduct(collaborators)({ caller, params: { id } });
  return { on, list, get };
};

const agent = aCaller({ role: "agent", scopes: ["products:read"] });
const numbered = (count: number, change: (index: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, index) => ({
    id: `p${String(index).padStart(4, "0")}`,
    ...change(index),
  }));

describe("reading the catalog", () => {
  it("answers a product with its price, currency and stock", async () => {
    const { on, get } = await aPlace({ id: "mug" });
    await on.table.commit([setStock(storeId, "mug", { onHand: 3 })]);
    expect(await get("mug")).toEqual({
      status: 200,
      body: {
        id: "mug",
        title: "A thing",
        unitAmount: 100,
        digital: false,
        active: true,
        currency: "eur",
        stock: { onHand: 3, reserved: 0, available: 3, version: 1 },
      },
    });
  });

  it("finds nothing that is another store's", async () => {
    const { on, get, list } = await aPlace({ id: "mug" });
    const other = "store_zzzzzzzzzzzzzzzzzzzzzzzzzz";
    await on.table.commit([createdStore(aStore({ id: other }))]);
    const stranger = aCaller({ storeId: other });
    await expect(get("mug", stranger)).rejects.toMatchObject({ code: "not_found" });
    expect(await list({}, stranger)).toEqual({ ids: [], next: undefined });
  });

  it("lists every product once, page by page", async () => {
    const { list } = await aPlace(...numbered(7));
    const first = await list({ limit: "3" });
    const second = await list({ limit: "3", after: first.next });
    const third = await list({ limit: "3", after: second.next });
    expect([...first.ids, ...second.ids, ...third.ids]).toEqual(numbered(7).map(({ id }) => id));
    expect(third.next).toBeUndefined();
  });

  it("names no further page where nothing follows", async () => {
    const { list } = await aPlace(...numbered(3));
    expect((await list({ limit: "3" })).next).toBeUndefined();
  });

  it("finds by every word in id, title or description, in any case", async () => {
    const { list } = await aPlace(
      { id: "mug", title: "Blue mug" },
      { id: "cup", title: "Cup", description: "BLUE, for mugs' friends" },
      { id: "pen", title: "Blue pen" },
    );
    expect((await list({ q: " bLUe  MUG " })).ids).toEqual(["cup", "mug"]);
    expect((await list({ q: "nothing" })).ids).toEqual([]);
  });

  it("goes on through a large catalog where matches are rare", async () => {
    const { list } = await aPlace(
      ...numbered(1_205, (index) => ({ title: index === 1_204 ? "Rare" : "Common" })),
    );
    const first = await list({ q: "rare" });
    expect(first.ids).toEqual([]);
    expect(await list({ q: "rare", after: first.next })).toEqual({ ids: ["p1204"], next: undefined });
  });

  it("shows an agent only what is sold, the owner everything", async () => {
    const { list } = await aPlace({ id: "mug" }, { id: "old", active: false });
    expect((await list({}, agent)).ids).toEqual(["mug"]);
    expect((await list({})).ids).toEqual(["mug", "old"]);
  });

  it.each([{ limit: "0" }, { limit: "101" }, { limit: "x" }, { after: "a/b" }, { q: "" }, { page: "2" }])(
    "refuses the query %j",
    (query) => {
      expect(ListProducts.safeParse(query).success).toBe(false);
    },
  );
});
