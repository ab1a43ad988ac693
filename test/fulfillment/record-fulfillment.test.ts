import { describe, expect, test } from "vitest";
import type { AuditRecord } from "#functions/audit/audit.ts";
import { forgetCheckout } from "#functions/customer/forget-checkout.ts";
import { wire } from "#functions/fulfillment/fulfillment.handler.ts";
import { wire as wireOrder } from "#functions/order/order.handler.ts";
import { savedOrder } from "#functions/order/order.store.ts";
import type { Order } from "#functions/order/order.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import { hours, minutes } from "#functions/values/clock.ts";
import { aCaller, aDispute } from "#test/examples.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { noShop } from "#test/fakes/memory-shop.ts";
import { aWorld, mugs } from "#test/order/world.ts";

const warehouse = aCaller({ role: "fulfillment", scopes: ["orders:read", "fulfillments:write"] });
const tracking = { carrier: "DHL", number: "00340434161094042557", url: "https://dhl.example/track?id=1" };

type Told = {
  statusCode: number;
  headers: Record<string, string>;
  body: { id: string; code?: string; status: string };
};

const aWarehouse = async (given: Parameters<typeof aWorld>[0] = {}) => {
  const world = await aWorld(given);
  const { on } = world;
  const environment = environmentOf({ OUTBOUND_POLICY: "public" });
  const handler = wire({ ...world.healthy, environment, dial: noShop, seal: fakeStoreSeal() });
  const newKey = () => `key ${on.random(8)}`;
  const post = (path: string, body: unknown = {}, key = newKey()) =>
    callApi(handler, {
      method: "POST",
      path: `/orders/${world.orderId}/fulfillments${path}`,
      caller: warehouse,
      body,
      headers: { "Idempotency-Key": key },
    }) as Promise<unknown> as Promise<Told>;
  const read = async (path = "") =>
    (await callApi(wireOrder(world.healthy), { path: `/orders/${world.orderId}${path}`, caller: warehouse }))
      .body;
  const change = async (changes: Partial<Order>) => {
    const before = await world.order();
    await on.table.commit([savedOrder(before, { ...before, ...changes, revision: before.revision + 1 })]);
  };
  return { ...world, post, read, change };
};

describe("a warehouse", () => {
  test("ships in parts, tells what becomes of each, and the agent hears of every step", async () => {
    const { post, read, events } = await aWarehouse();
    const before = events().length;
    const first = await post("", { lines: mugs(2), tracking });
    expect(first).toMatchObject({ statusCode: 201, body: { status: "shipped", lines: mugs(2), tracking } });
    expect(await read()).toMatchObject({ fulfillmentStatus: "partial" });
    await post("", { status: "processing" });
    await post(`/${first.body.id}/events`, { type: "delivered", lines: mugs(1) });
    const lost = await post(`/${first.body.id}/events`, { type: "failed" });
    expect(lost.body).toMatchObject({
      status: "delivered",
      events: [{}, { lines: mugs(1) }, { lines: mugs(1) }],
    });
    const again = await post("", { lines: mugs(1) });
    expect(again.statusCode).toBe(201);
    expect(events().slice(before)).toEqual(Array(5).fill("order.updated"));
    expect(await read()).toMatchObject({
      fulfillments: [{}, { status: "processing" }, { status: "shipped" }],
    });
  });

  test("sends no more than was ordered, nor what the money went back for", async () => {
    const { post, refund } = await aWarehouse();
    await refund({ lines: mugs(1), reason: "requested_by_customer" });
    const most = { statusCode: 409, body: { code: "conflict", param: "$.lines[0].quantity" } };
    expect(await post("", { lines: mugs(3) })).toMatchObject(most);
    expect((await post("", { lines: mugs(2) })).statusCode).toBe(201);
    expect(await post("")).toMatchObject({ statusCode: 409, body: { code: "conflict" } });
  });

  test("is told of the same request again what it was told before, and nothing happens", async () => {
    const { post, order } = await aWarehouse();
    const first = await post("", { lines: mugs(1), tracking }, "parcel 1");
    await post(`/${first.body.id}/events`, { type: "delivered" }, "delivered 1");
    const after = await order();
    const again = await post("", { lines: mugs(1), tracking }, "parcel 1");
    expect(again).toMatchObject({
      statusCode: 201,
      body: first.body,
      headers: { "idempotent-replayed": "true" },
    });
    expect(await post("", { lines: mugs(2) }, "parcel 1")).toMatchObject({ statusCode: 422 });
    expect(await order()).toEqual(after);
  });

  test("sends nothing before the order is paid, nor while a bank asks, nor once it goes back; what is under way it may tell", async () => {
    const unpaid = await aWarehouse({ fulfilled: false });
    expect(await unpaid.post("")).toMatchObject({ statusCode: 409, body: { code: "conflict" } });
    const { post, change, cancel } = await aWarehouse();
    const { body } = await post("", { lines: mugs(1) });
    const packed = await post("", { status: "processing", lines: mugs(1) });
    await change({ disputes: [aDispute()] });
    const stopped = { statusCode: 409, body: { code: "order_disputed" } };
    expect(await post("")).toMatchObject(stopped);
    expect(await post(`/${packed.body.id}/events`, { type: "shipped" })).toMatchObject(stopped);
    expect(await post(`/${packed.body.id}/events`, { type: "delivered" })).toMatchObject(stopped);
    expect((await post(`/${body.id}/events`, { type: "delivered" })).statusCode).toBe(201);
    await change({ disputes: [] });
    await expect(cancel()).rejects.toMatchObject({ code: "conflict" });
    await post(`/${body.id}/events`, { type: "returned" });
    expect((await cancel()).status).toBe(200);
    expect(await post("")).toMatchObject({ statusCode: 409, body: { code: "conflict" } });
    expect(await post(`/${packed.body.id}/events`, { type: "shipped" })).toMatchObject({ statusCode: 409 });
  });

  test("is refused what cannot be: a time to come, another order's fulfillment, a link that leads elsewhere", async () => {
    const { post, on, orderId } = await aWarehouse();
    const at = (time: number) => new Date(time).toISOString();
    for (const occurredAt of [at(on.now() + minutes(6)), at(on.now() - hours(1)), "yesterday"])
      expect((await post("", { occurredAt })).statusCode).toBe(422);
    for (const url of ["http://dhl.example/", "https://dhl.example@evil.example/", "https://dhl.example\\x"])
      expect((await post("", { tracking: { url } })).statusCode).toBe(422);
    const { body } = await post("", { occurredAt: at(on.now() + minutes(1)), lines: mugs(1) });
    for (const id of [`${body.id.slice(0, -1)}2`, "ful_1", orderId])
      expect((await post(`/${id}/events`, { type: "delivered" })).statusCode).toBe(404);
    expect(await post(`/${body.id}/events`, { type: "shipped" })).toMatchObject({ statusCode: 409 });
  });

  test("is on record with what it told, and a bank is shown it", async () => {
    const { post, read, on, orderId } = await aWarehouse();
    const { body } = await post("", { tracking });
    await post(`/${body.id}/events`, { type: "delivered" });
    const acts = on.table.rows("audit").map((row) => row as unknown as AuditRecord);
    expect(acts.filter(({ action }) => action === "fulfillment.recorded")).toMatchObject([
      { decidedBy: "fulfillments:write", about: { orderId, fulfillment: "1" } },
      { about: { orderId, fulfillment: "1" } },
    ]);
    expect(await read("/disputes")).toMatchObject({
      evidence: {
        delivery: { fulfillments: [{ tracking, events: [{ type: "shipped" }, { type: "delivered" }] }] },
      },
    });
  });
});

test("a buyer's erasure takes the carrier's number with it, also from an answer that is repeated", async () => {
  const { post, order, on, healthy, shop } = await aWarehouse();
  await post("", { tracking }, "parcel");
  const { storeId, checkoutId } = await order();
  const erasure = { id: "era_00000000000000000000000001", storeId } as never;
  const key = { subject: { storeId, checkoutId } } as never;
  const forget = forgetCheckout({ ...on, checkouts: shop.checkouts, orders: shop.orders });
  expect(await forget(erasure, key)).toBeUndefined();
  expect(JSON.stringify(on.table.rows("commerce"))).not.toMatch(/0034043|dhl\.example/);
  expect((await post("", { tracking }, "parcel")).body).not.toHaveProperty("tracking");
  expect(healthy.table).toBe(on.table);
});
