import { describe, expect, it } from "vitest";
import { byOperator } from "#functions/access/record-act.ts";
import { domainStore } from "#functions/domain/domain.store.ts";
import { CreateStore, createStore } from "#functions/store/create-store.ts";
import { listStores, savedStore, storeStore } from "#functions/store/store.store.ts";
import { isUsedAccount } from "#functions/store/stripe-account.store.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { someSettings } from "./a-store.ts";

const given = (change: object = {}) =>
  CreateStore.parse({
    ...someSettings(),
    reference: "mugs",
    livemode: false,
    domain: "Shop.Example.com",
    ...change,
  });

const aPlace = () => {
  const on = memoryPlatform();
  const stores = storeStore(on.table);
  const keyWrapper = { generate: async () => Uint8Array.of(1, 2, 3) };
  const create = createStore({ ...on, stores, domains: domainStore(on.table), keyWrapper });
  const by = byOperator({ role: "operator", requestId: "request-1" });
  return { on, stores, create: (command: CreateStore) => create(command, by) };
};

describe("creating a store", () => {
  it("opens it with its key and the domain that the operator vouches for", async () => {
    const { on, stores, create } = aPlace();
    const { storeId, created } = await create(given());
    expect(created).toBe(true);
    expect(await stores.get(storeId)).toEqual({
      ...someSettings(),
      id: storeId,
      livemode: false,
      status: "active",
      verifiedDomains: ["shop.example.com"],
      version: 1,
      createdAt: on.now(),
      updatedAt: on.now(),
    });
    expect(await on.table.get("access", { pk: storeId, sk: "store-key" })).toMatchObject({
      versions: [{ version: 1, wrapped: Uint8Array.of(1, 2, 3) }],
    });
    expect(await isUsedAccount(on.table, { livemode: false })).toBe(true);
    expect(await isUsedAccount(on.table, { livemode: true })).toBe(false);
    expect(await on.table.get("access", { pk: storeId, sk: "domain#shop.example.com" })).toMatchObject({
      host: "shop.example.com",
      method: "operator",
      verifiedAt: on.now(),
    });
  });

  it("answers the same store for the same reference and changes nothing", async () => {
    const { on, create } = aPlace();
    const first = await create(given());
    const rows = on.table.rows("access");
    expect(await create(given({ name: "Another name" }))).toEqual({ ...first, created: false });
    expect(on.table.rows("access")).toEqual(rows);
  });

  it("makes one store of two commands at the same time", async () => {
    const { create } = aPlace();
    const both = await Promise.all([create(given()), create(given())]);
    expect(both.map(({ created }) => created).toSorted()).toEqual([false, true]);
    expect(both[0]?.storeId).toBe(both[1]?.storeId);
  });

  it("keeps a live store apart from the test store of the same reference", async () => {
    const { create } = aPlace();
    const [test, live] = [await create(given()), await create(given({ livemode: true }))];
    expect(live.created).toBe(true);
    expect(live.storeId).not.toBe(test.storeId);
  });

  it("puts it in the list of all stores, where it stays whatever is changed", async () => {
    const { on, stores, create } = aPlace();
    const { storeId } = await create(given());
    on.clock.advance(1);
    await create(given({ reference: "pots", domain: "pots.example.com" }));
    const store = await stores.get(storeId);
    if (store) await on.table.commit([savedStore(store, { ...store, name: "Mugs", version: 2 })]);
    expect((await listStores(on.table)).stores.map(({ name }) => name)).toEqual(["Mugs", "Mugs and more"]);
  });

  it.each([
    ["a setting it does not know", { colour: "red" }],
    ["an address that is no host", { domain: "127.0.0.1" }],
    ["an order page without the order", { orderUrlTemplate: "https://shop.example.com/orders" }],
    ["an order page without TLS", { orderUrlTemplate: "http://shop.example.com/{order_id}" }],
    ["no mode", { livemode: undefined }],
    ["a rate that is no fraction", { taxes: { inclusive: true, rates: [{ country: "DE", rate: "19" }] } }],
  ])("refuses %s", (_, change) => {
    expect(CreateStore.safeParse({ ...given(), ...change }).success).toBe(false);
  });

  it.each([
    ["two options with the same id", [aParcel(), aParcel()], [1, "id"]],
    ["the name that downloads have", [aParcel({ id: "digital" })], [0, "id"]],
    [
      "a delivery that ends before it begins",
      [aParcel({ deliveryDays: { earliest: 3, latest: 2 } })],
      [0, "deliveryDays"],
    ],
  ])("refuses %s and says where", (_, shippingOptions, path) => {
    const { error } = CreateStore.safeParse({ ...given(), shippingOptions });
    expect(error?.issues.map((issue) => issue.path)).toEqual([["shippingOptions", ...path]]);
  });
});

function aParcel(change: object = {}) {
  return { id: "standard", title: "Parcel", countries: "*", amount: 490, ...change };
}
