import { describe, expect, it } from "vitest";
import { wire } from "#functions/catalog/catalog.handler.ts";
import { ProductsAnswer } from "#functions/catalog/list-products.ts";
import { ProductAnswer } from "#functions/catalog/show-product.ts";
import { createdStore } from "#functions/store/store.store.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { aCaller, aStore } from "#test/store/a-store.ts";
import { callApi } from "#test/store/call-api.ts";
import { reserve } from "./reserve.ts";

const aPlace = async () => {
  const on = memoryPlatform();
  await on.table.commit([createdStore(aStore())]);
  return { on, handler: wire(on) };
};

const mug = { id: "mug", title: "Mug", unitAmount: 1_999, stock: { onHand: 5 } };
const agent = aCaller({ role: "agent", scopes: ["products:read"] });

describe("the catalog over HTTP", () => {
  it("is written by the store and read by agents", async () => {
    const { handler } = await aPlace();
    expect(await callApi(handler, "PUT /products", { body: { products: [mug] } })).toEqual({
      status: 200,
      body: { created: ["mug"], updated: [] },
    });
    const one = await callApi(handler, "GET /products/mug", { caller: agent, params: { id: "mug" } });
    const all = await callApi(handler, "GET /products", { caller: agent, query: { q: "mug", limit: "5" } });
    expect(one.body).toMatchObject({
      ...mug,
      currency: "eur",
      stock: { onHand: 5, reserved: 0, available: 5, version: 1 },
    });
    expect(all.body).toEqual({ products: [one.body] });
    expect(ProductAnswer.parse(one.body)).toEqual(one.body);
    expect(ProductsAnswer.parse(all.body)).toEqual(all.body);
  });

  it("takes back what it answered, as it is", async () => {
    const { on, handler } = await aPlace();
    await callApi(handler, "PUT /products", { body: { products: [mug] } });
    await reserve(on.table, 5);
    const { body } = await callApi(handler, "GET /products/mug", { params: { id: "mug" } });
    const again = await callApi(handler, "PUT /products", { body: { products: [body] } });
    expect(again).toEqual({ status: 200, body: { created: [], updated: ["mug"] } });
  });

  it.each([
    [{ products: [] }, "$.products"],
    [{ products: Array.from({ length: 101 }, (_, index) => ({ ...mug, id: `p${index}` })) }, "$.products"],
    [{ products: [mug, mug] }, "$.products[1].id"],
    [{ products: [{ ...mug, id: "a b" }] }, "$.products[0].id"],
    [{ products: [{ ...mug, id: undefined }] }, "$.products[0].id"],
    [{ products: [{ ...mug, unitAmount: 19.99 }] }, "$.products[0].unitAmount"],
    [{ products: [{ ...mug, unitAmount: 1e15 }] }, "$.products[0].unitAmount"],
    [{ products: [{ ...mug, price: 5 }] }, "$.products[0].price"],
    [{ products: [{ ...mug, stock: { onHand: 1e15 } }] }, "$.products[0].stock.onHand"],
    [{ products: [{ ...mug, stock: { available: 5 } }] }, "$.products[0].stock.onHand"],
    [{ products: [{ ...mug, currency: "usd" }] }, "$.products[0].currency"],
    [{ products: [mug], all: true }, "$.all"],
    [[mug], "$"],
  ])("refuses %j by its place and stores nothing", async (body, param) => {
    const { on, handler } = await aPlace();
    const answer = await callApi(handler, "PUT /products", { body });
    expect(answer).toMatchObject({ status: 422, body: { param } });
    expect(on.table.rows("commerce")).toEqual([]);
  });

  it("tells an agent that it may not write", async () => {
    const { on, handler } = await aPlace();
    const answer = await callApi(handler, "PUT /products", { caller: agent, body: { products: [mug] } });
    expect(answer).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect(on.table.rows("commerce")).toEqual([]);
  });

  it.each(["nope", "a/b", "a#b", "%00", "x".repeat(65)])("has nothing at /products/%s", async (id) => {
    const { handler } = await aPlace();
    const answer = await callApi(handler, `GET /products/${encodeURIComponent(id)}`, { params: { id } });
    expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
  });

  it("refuses a page that can't be", async () => {
    const { handler } = await aPlace();
    const answer = await callApi(handler, "GET /products", { query: { limit: "1000" } });
    expect(answer).toMatchObject({ status: 422, body: { param: "$.limit" } });
  });
});
