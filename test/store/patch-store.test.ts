import { describe, expect, it } from "vitest";
import { productStore } from "#functions/catalog/product.store.ts";
import { fixedCurrency } from "#functions/store/currency.store.ts";
import { patchStore, StorePatch } from "#functions/store/patch-store.ts";
import { createdStore, storeStore } from "#functions/store/store.store.ts";
import { Storefront, storefrontVersion } from "#functions/store/storefront.ts";
import { someFacts } from "#test/examples.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { aCaller, aStore, storeId } from "./a-store.ts";

const aPlace = async () => {
  const on = memoryPlatform();
  const stores = storeStore(on.table);
  await on.table.commit([createdStore(aStore({ support: { email: "help@example.com" } }))]);
  const patch = (body: object) =>
    patchStore({ ...on, stores, products: productStore(on.table) })({
      caller: aCaller(),
      request: someFacts(),
      body: StorePatch.parse(body),
    });
  return { on, stores, patch };
};

describe("changing a store", () => {
  it("replaces what is named and keeps the rest", async () => {
    const { on, stores, patch } = await aPlace();
    const answer = await patch({ name: "Cups" });
    const expected = {
      ...aStore({ name: "Cups", support: { email: "help@example.com" } }),
      version: 2,
      updatedAt: on.now(),
    };
    expect(await stores.get(storeId)).toEqual(expected);
    expect(answer).toMatchObject({ status: 200, body: { name: "Cups", version: 2 } });
  });

  it("keeps what sessions showed of it, where that changes", async () => {
    const { stores, patch } = await aPlace();
    const before = aStore({ support: { email: "help@example.com" } });
    const shown = () => stores.formerStorefront(storeId, storefrontVersion(before));
    await patch({ name: "Cups" });
    expect(await shown()).toBeUndefined();
    await patch({ support: null, stripeProfile: "profile_another" });
    expect(await shown()).toEqual(Storefront.parse(before));
  });

  it("clears an optional setting by null", async () => {
    const { stores, patch } = await aPlace();
    await patch({ support: null });
    expect(await stores.get(storeId)).not.toHaveProperty("support");
  });

  it.each([
    ["its mode", { livemode: true }],
    ["its id", { id: storeId }],
    ["its domains", { verifiedDomains: [] }],
    ["its status", { status: "active" }],
    ["a setting nobody knows", { colour: "red" }],
    ["null for what it can't do without", { name: null }],
  ])("refuses %s", (_, body) => {
    expect(StorePatch.safeParse(body).success).toBe(false);
  });

  it("changes the currency while there are no products", async () => {
    const { stores, patch } = await aPlace();
    await patch({ currency: "jpy" });
    expect((await stores.get(storeId))?.currency).toBe("jpy");
  });

  it("refuses another currency once prices are written in this one", async () => {
    const { on, stores, patch } = await aPlace();
    await on.table.commit(fixedCurrency(storeId, "eur"));
    await expect(patch({ currency: "jpy" })).rejects.toMatchObject({ code: "conflict", param: "$.currency" });
    expect((await stores.get(storeId))?.currency).toBe("eur");
    await patch({ currency: "eur", name: "Cups" });
    expect((await stores.get(storeId))?.name).toBe("Cups");
  });

  it("refuses the slower of two changes instead of mixing them", async () => {
    const { stores, patch } = await aPlace();
    const both = await Promise.allSettled([patch({ name: "Cups" }), patch({ name: "Jugs" })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((await stores.get(storeId))?.version).toBe(2);
  });

  it("answers as if there were nothing where the store is not", async () => {
    const on = memoryPlatform();
    const patch = patchStore({ ...on, stores: storeStore(on.table), products: productStore(on.table) });
    await expect(patch({ caller: aCaller(), request: someFacts(), body: {} })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
