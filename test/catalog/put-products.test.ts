import { describe, expect, it } from "vitest";
import { productStore } from "#functions/catalog/product.store.ts";
import { PutProducts, putProducts } from "#functions/catalog/put-products.ts";
import { releaseStock, sellStock } from "#functions/catalog/stock.store.ts";
import { currencyStore } from "#functions/store/currency.store.ts";
import { patchStore } from "#functions/store/patch-store.ts";
import { createdStore, storeStore } from "#functions/store/store.store.ts";
import { someFacts } from "#test/examples.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { aCaller, aStore, storeId } from "#test/store/a-store.ts";
import { reserve } from "./reserve.ts";

const aPlace = async () => {
  const on = memoryPlatform();
  await on.table.commit([createdStore(aStore())]);
  const products = productStore(on.table);
  const collaborators = {
    ...on,
    products,
    stores: storeStore(on.table),
    currencies: currencyStore(on.table),
  };
  const put = (...bodies: object[]) =>
    putProducts(collaborators)({
      caller: aCaller(),
      request: someFacts(),
      body: PutProducts.parse({ products: bodies }),
    });
  const find = async (id: string) => (await products.getMany(storeId, [id])).get(id);
  return { on, collaborators, put, find };
};

const mug = { id: "mug", title: "Mug", unitAmount: 1_999 };
const mugs = (quantity: number) => ({ storeId, productId: "mug", quantity });
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...mug, id: `mug-${index}`, stock: { onHand: index } }));

describe("putting products", () => {
  it("creates them, then replaces them whole", async () => {
    const { put, find } = await aPlace();
    expect((await put({ ...mug, description: "Blue", stock: { onHand: 5 } })).body).toEqual({
      created: ["mug"],
      updated: [],
    });
    expect((await put({ ...mug, title: "Cup" })).body).toEqual({ created: [], updated: ["mug"] });
    expect(await find("mug")).toEqual({
      product: { ...mug, title: "Cup", digital: false, active: true },
      stock: { onHand: 5, reserved: 0, available: 5, version: 1, revision: 1 },
    });
  });

  it("sells nothing of a new product until its stock is told, but downloads without limit", async () => {
    const { put, find } = await aPlace();
    await put(mug, { ...mug, id: "ebook", digital: true });
    expect((await find("mug"))?.stock.available).toBe(0);
    expect((await find("ebook"))?.stock.available).toBe(null);
  });

  it("sets what is on hand and leaves reserved what is being bought", async () => {
    const { on, put, find } = await aPlace();
    await put({ ...mug, stock: { onHand: 5 } });
    await reserve(on.table, 2);
    await put({ ...mug, stock: { onHand: 10 } });
    expect((await find("mug"))?.stock).toMatchObject({ onHand: 10, reserved: 2, available: 8, version: 2 });
  });

  it("sells nothing where the store says fewer than are being bought, and shows no less than nothing", async () => {
    const { on, put, find } = await aPlace();
    await put({ ...mug, stock: { onHand: 5 } });
    await reserve(on.table, 4);
    await put({ ...mug, stock: { onHand: 1 } });
    expect((await find("mug"))?.stock).toMatchObject({ onHand: 1, reserved: 4, available: 0 });
    expect(await reserve(on.table, 1)).toBe(false);
    await on.table.commit([releaseStock(mugs(4))]);
    expect((await find("mug"))?.stock).toMatchObject({ onHand: 1, reserved: 0, available: 1 });
  });

  it("stays without limit whatever is bought, and counts what is reserved when it gets one", async () => {
    const { on, put, find } = await aPlace();
    await put({ ...mug, stock: { onHand: null } });
    await reserve(on.table, 7);
    expect((await find("mug"))?.stock).toMatchObject({ onHand: null, reserved: 7, available: null });
    await put({ ...mug, stock: { onHand: 10 } });
    expect((await find("mug"))?.stock).toMatchObject({ onHand: 10, reserved: 7, available: 3 });
  });

  it("refuses a count from before a sale where its version is given, and stores nothing", async () => {
    const { on, put, find } = await aPlace();
    await put({ ...mug, stock: { onHand: 5 } });
    await reserve(on.table, 2);
    await on.table.commit([sellStock(mugs(2))]);
    await expect(
      put({ ...mug, id: "cup" }, { ...mug, title: "Late", stock: { onHand: 5, version: 1 } }),
    ).rejects.toMatchObject({ code: "conflict", param: "$.products[1].stock.version" });
    expect((await find("mug"))?.product.title).toBe("Mug");
    expect(await find("cup")).toBeUndefined();
    await put({ ...mug, stock: { onHand: 3, version: 2 } });
    expect((await find("mug"))?.stock).toMatchObject({ onHand: 3, reserved: 0, available: 3, version: 3 });
  });

  it("is not refused for what is only being bought: that changes nothing on hand", async () => {
    const { on, put, find } = await aPlace();
    await put({ ...mug, stock: { onHand: 5 } });
    await reserve(on.table, 2);
    await put({ ...mug, stock: { onHand: 4, version: 1 } });
    expect((await find("mug"))?.stock).toMatchObject({ onHand: 4, reserved: 2, available: 2, version: 2 });
  });

  it("takes over a row from before reservations and versions of what is on hand were counted", async () => {
    const { on, put, find } = await aPlace();
    await put(mug);
    const key = { pk: `${storeId}#stock#mug`, sk: "stock" };
    await on.table.commit([{ table: "commerce", key, change: { put: { available: 4, version: 9 } } }]);
    const seen = (await find("mug"))?.stock;
    expect(seen).toEqual({ onHand: 4, reserved: 0, available: 4, version: 0, revision: 9 });
    await put({ ...mug, stock: { onHand: 6, version: 0 } });
    expect((await find("mug"))?.stock).toMatchObject({ onHand: 6, available: 6, version: 1, revision: 10 });
    await expect(put({ ...mug, stock: { onHand: 6, version: 0 } })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("looks at a whole large request before it stores the first of it", async () => {
    const { put, find } = await aPlace();
    const last = { ...mug, stock: { onHand: 1, version: 7 } };
    await expect(put(...many(60), last)).rejects.toMatchObject({ param: "$.products[60].stock.version" });
    expect(await find("mug-0")).toBeUndefined();
  });

  it("loses no sale to a count that was read before it, even when both come at once", async () => {
    const { on, collaborators, find, put } = await aPlace();
    await put({ ...mug, stock: { onHand: 5 } });
    await reserve(on.table, 1);
    const body = PutProducts.parse({ products: [{ ...mug, stock: { onHand: 5, version: 1 } }] });
    const racing = putProducts({
      ...collaborators,
      table: {
        commit: async (writes) => {
          if ((await find("mug"))?.stock.version === 1) await on.table.commit([sellStock(mugs(1))]);
          await on.table.commit(writes);
        },
      },
    });
    await expect(racing({ caller: aCaller(), request: someFacts(), body })).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await find("mug"))?.stock).toMatchObject({ onHand: 4, reserved: 0, available: 4, version: 2 });
  });

  it("takes a hundred in one request, and the same again", async () => {
    const { put, find } = await aPlace();
    await put(...many(100));
    expect((await put(...many(100))).body).toMatchObject({ created: [] });
    expect((await find("mug-99"))?.stock).toMatchObject({ onHand: 99, version: 2 });
  });

  it("lets two create the same product, and the store's first, at once", async () => {
    const { put, find } = await aPlace();
    await Promise.all([put(mug), put(mug)]);
    expect((await find("mug"))?.stock).toMatchObject({ onHand: 0, available: 0, version: 1 });
  });

  it("refuses a price in a currency that is not the store's, and stores nothing", async () => {
    const { on, put } = await aPlace();
    await expect(
      put({ ...mug, currency: "eur" }, { ...mug, id: "cup", currency: "usd" }),
    ).rejects.toMatchObject({
      code: "currency_mismatch",
      param: "$.products[1].currency",
    });
    expect(on.table.rows("commerce")).toEqual([]);
  });

  it("fixes the store's currency with the first product", async () => {
    const { collaborators, put } = await aPlace();
    const patch = (currency: string) =>
      patchStore(collaborators)({ caller: aCaller(), request: someFacts(), body: { currency } });
    await patch("jpy");
    await put(mug);
    await expect(patch("eur")).rejects.toMatchObject({ code: "conflict", param: "$.currency" });
  });

  it("stores no first price when the currency changes under it", async () => {
    const { on, collaborators } = await aPlace();
    let changed = false;
    const racing = putProducts({
      ...collaborators,
      table: {
        commit: async (writes) => {
          if (!changed)
            await patchStore(collaborators)({
              caller: aCaller(),
              request: someFacts(),
              body: { currency: "jpy" },
            });
          changed = true;
          await on.table.commit(writes);
        },
      },
    });
    const body = PutProducts.parse({ products: [mug] });
    await expect(racing({ caller: aCaller(), request: someFacts(), body })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(on.table.rows("commerce")).toEqual([]);
  });

  it.each([
    ["an id with a slash", { id: "a/b" }, "id"],
    ["an id with a hash, which separates keys", { id: "a#b" }, "id"],
    ["no title", { title: "" }, "title"],
    ["a fractional price", { unitAmount: 19.99 }, "unitAmount"],
    ["a negative price", { unitAmount: -1 }, "unitAmount"],
    ["an absurd price", { unitAmount: 1e12 }, "unitAmount"],
    ["a price in text", { unitAmount: "19.99" }, "unitAmount"],
    ["a currency in upper case", { currency: "EUR" }, "currency"],
    ["an image without TLS", { imageUrl: "http://example.com/a.png" }, "imageUrl"],
    ["less than nothing in stock", { stock: { onHand: -1 } }, "stock.onHand"],
    ["half a piece in stock", { stock: { onHand: 0.5 } }, "stock.onHand"],
    ["an absurd stock", { stock: { onHand: 1e10 } }, "stock.onHand"],
    ["only what is available, which nobody can say", { stock: { available: 5 } }, "stock.onHand"],
    ["a field nobody knows", { available: 5 }, ""],
  ])("refuses %s and says where", (_, change, field) => {
    const { error } = PutProducts.safeParse({ products: [mug, { ...mug, id: "cup", ...change }] });
    expect(error?.issues[0]?.path.join(".")).toBe(
      ["products", 1, field].filter((part) => part !== "").join("."),
    );
  });

  it("refuses none, more than a hundred, and the same id twice", () => {
    expect(PutProducts.safeParse({ products: [] }).success).toBe(false);
    expect(PutProducts.safeParse({ products: many(101) }).success).toBe(false);
    const { error } = PutProducts.safeParse({ products: [mug, mug] });
    expect(error?.issues[0]?.path).toEqual(["products", 1, "id"]);
  });
});
