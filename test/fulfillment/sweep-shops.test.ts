import { describe, expect, test } from "vitest";
import { viewFulfillment } from "#functions/fulfillment/fulfillment-view.ts";
import { withFulfillment } from "#functions/fulfillment/order-fulfillments.ts";
import { savedOrder } from "#functions/order/order.store.ts";
import type { RefundStatus } from "#functions/order/refund.ts";
import { hours, minutes } from "#functions/values/clock.ts";
import { aRefund } from "#test/examples.ts";
import type { FakeProduct } from "#test/fakes/woocommerce.ts";
import { aConnectedShop, type Given, mug, shirt, sold } from "./connected-shop.ts";

/** One that was taken, paid and told so. */
const aPaidOrder = async (given: Given = {}) => {
  const shop = await aConnectedShop(given);
  await shop.fulfill();
  await shop.pass();
  await shop.follow();
  const sent = async () => {
    const { id, fulfillments } = await shop.order();
    return fulfillments
      .map((each) => viewFulfillment(id, each))
      .map(({ status, lines }) => ({ status, lines }));
  };
  const updates = () => shop.events().filter((type) => type === "order.updated").length;
  const records = () =>
    shop.on.table.rows("audit").filter(({ action }) => action === "fulfillment.recorded").length;
  return { ...shop, sent, updates, records };
};

describe("an order at a WooCommerce site", () => {
  test("that its owner completes is sent here, once, and told and recorded", async () => {
    const { woo, follow, sent, updates, records } = await aPaidOrder({ bought: [mug, shirt] });
    expect([await sent(), woo.orders[0]?.status]).toEqual([[], "processing"]);
    const before = updates();
    woo.set("completed");
    for (const _ of [1, 2, 3]) await follow();
    const lines = [mug, shirt].map(({ productId, quantity }) => ({ productId, quantity }));
    expect(await sent()).toEqual([{ status: "shipped", lines }]);
    expect([updates() - before, records()]).toEqual([1, 1]);
  });

  test("that is completed has its downloads delivered, and the rest on their way", async () => {
    const { woo, follow, sent, updates } = await aPaidOrder({ bought: [mug, { ...shirt, digital: true }] });
    const before = updates();
    woo.set("completed");
    await follow();
    expect((await sent()).map(({ status, lines }) => [status, lines[0]?.productId])).toEqual([
      ["shipped", "31"],
      ["delivered", "40-41"],
    ]);
    expect(updates() - before).toBe(3);
  });

  test("that is sent by a warehouse over REST in part has the rest sent", async () => {
    const { woo, follow, sent, on, order } = await aPaidOrder();
    const before = await order();
    const lines = [{ productId: "31", quantity: 1 }];
    await on.table.commit([
      savedOrder(before, withFulfillment(before, { status: "shipped", lines }, on.now())),
    ]);
    woo.set("completed");
    await follow();
    expect((await sent()).map((each) => each.lines[0]?.quantity)).toEqual([1, 2]);
  });

  test.each(["cancelled", "refunded", "failed"])(
    "that is %s there after it was paid rings an alarm, once",
    async (there) => {
      const { woo, follow, on, status } = await aPaidOrder();
      woo.set(there);
      for (const _ of [1, 2, 3]) await follow();
      expect([await status(), on.counted]).toEqual(["confirmed", ["StoreDiffers"]]);
    },
  );

  test("that was canceled here rings none when it is cancelled there, but when it is sent", async () => {
    const { woo, follow, pass, cancel, on, status } = await aPaidOrder();
    await cancel();
    for (const _ of [1, 2, 3]) await pass();
    await follow();
    expect([await status(), woo.orders[0]?.status, on.counted]).toEqual(["canceled", "cancelled", []]);
    woo.set("completed");
    await follow();
    expect(on.counted).toEqual(["StoreDiffers"]);
  });

  const refunding = async (status: RefundStatus, before: number) => {
    const shop = await aPaidOrder();
    const order = await shop.order();
    const sent = withFulfillment(
      order,
      { status: "shipped", lines: [{ productId: "31", quantity: before }] },
      shop.on.now(),
    );
    const refund = aRefund({ status, lines: [{ productId: "31", quantity: 2, amount: 390 }] });
    await shop.on.table.commit([savedOrder(order, { ...sent, refunds: [refund] })]);
    shop.woo.set("completed");
    for (const _ of [1, 2, 3]) await shop.follow();
    return [(await shop.sent()).length, shop.on.counted];
  };

  test("that is sent while nobody knows whether Stripe takes a refund of its pieces rings an alarm, once", async () =>
    expect(await refunding("requested", 1)).toEqual([1, ["StoreDiffers"]]));

  test.each<[RefundStatus, number, number]>([
    ["pending", 1, 1],
    ["succeeded", 1, 1],
    ["failed", 1, 2],
    ["requested", 3, 1],
  ])(
    "that is sent rings none where a refund of two is %s and %i of three had left",
    async (status, left, parts) => expect(await refunding(status, left)).toEqual([parts, []]),
  );

  test("is followed where the look before ended, however many changed in one second, after any outage", async () => {
    const { woo, follow, sent, on } = await aPaidOrder();
    const [ours] = woo.orders;
    const others = Array.from({ length: 250 }, (_, at) => ({ ...ours, id: 1 + at, meta_data: [] }));
    woo.orders.unshift(...(others as typeof woo.orders));
    woo.set("completed");
    woo.way = () => ({ answered: false, reason: "timeout" });
    await follow();
    expect(await sent()).toEqual([]);
    woo.way = (_, answer) => answer();
    await follow();
    expect(await sent()).toHaveLength(1);
    const before = woo.requests.length;
    await follow();
    expect([woo.requests.length - before > 0, on.counted]).toEqual([true, []]);
  });

  test("is asked for by one sweeper at a time, for its number and status only, and no more once disconnected", async () => {
    const { woo, follow, call } = await aPaidOrder();
    const asked = () => woo.requests.filter(({ url }) => url.includes("orderby=modified"));
    const before = asked().length;
    await Promise.all([follow(), follow(0)]);
    expect(asked().length - before).toBe(1);
    expect(new URL(asked()[0]?.url ?? "").searchParams.get("_fields")).toBe(
      "id,status,total,meta_data,date_modified_gmt",
    );
    await call("DELETE");
    await follow();
    expect(asked().length - before).toBe(1);
  });

  test("rings an alarm when its site can't be read for a day", async () => {
    const { woo, follow, on, call } = await aPaidOrder();
    woo.way = () => ({ answered: false, reason: "timeout" });
    await follow(hours(23));
    expect(on.counted).toEqual([]);
    await follow(hours(1));
    await follow(minutes(30));
    expect(on.counted).toEqual(["StoreSilent"]);
    const { readAt } = (await call("GET")).body as { readAt: string };
    expect(Date.parse(readAt)).toBe(on.now() - hours(24) - minutes(30));
  });
});

describe("what is sold of a WooCommerce site", () => {
  const there = (id: number, change: object): FakeProduct => ({
    ...sold.find((each) => each.id === id),
    id,
    ...change,
  });

  test.each<[string, number, object, string, object]>([
    ["its price", 31, { price: "21.50" }, "31", { product: { unitAmount: 2_150, active: true } }],
    ["its stock", 31, { stock_quantity: 4 }, "31", { stock: { onHand: 4 } }],
    [
      "a variation's",
      41,
      { stock_quantity: 2, price: "26.00" },
      "40-41",
      { product: { unitAmount: 2_600 }, stock: { onHand: 2 } },
    ],
    [
      "that it is sold out",
      31,
      { stock_status: "outofstock" },
      "31",
      { stock: { onHand: 0 }, product: { active: true } },
    ],
    ["that it is a draft", 31, { status: "draft" }, "31", { product: { active: false } }],
    ["that all of it are", 40, { status: "draft" }, "40-41", { product: { active: false } }],
    ["that it has sizes now", 31, { type: "variable" }, "31", { product: { active: false } }],
    ["that it has no price", 31, { price: "" }, "31", { product: { active: false } }],
  ])("follows by itself: %s", async (_, id, change, productId, here) => {
    const { woo, follow, known } = await aConnectedShop({ bought: [mug, shirt] });
    woo.products.splice(
      woo.products.findIndex((each) => each.id === id),
      1,
      there(id, change),
    );
    await follow();
    expect(await known(productId)).toMatchObject(here);
  });

  test("is sold no more once it is gone there, and what its owner put by another name stays", async () => {
    const bought = [mug, shirt, { ...mug, productId: "mug-blue" }];
    const { woo, follow, known, on } = await aConnectedShop({ bought });
    woo.products.splice(0);
    await follow();
    expect(
      await Promise.all(["31", "40-41", "mug-blue"].map(async (id) => (await known(id))?.product.active)),
    ).toEqual([false, false, true]);
    expect(on.table.rows("audit").filter(({ action }) => action === "products.put")).toHaveLength(2);
  });

  test("stays as it is while the site can't be read, or sells in another currency; nothing new comes by itself", async () => {
    const { woo, follow, known, on } = await aConnectedShop();
    const { product, stock } = (await known("31")) ?? {};
    woo.products.splice(0, 9, there(31, { price: "1.00" }), { ...there(31, {}), id: 99 });
    woo.way = ({ url }, answer) =>
      url.includes("/products") ? { answered: false, reason: "timeout" } : answer();
    await follow();
    woo.way = (_, answer) => answer();
    woo.settings.currency = "USD";
    await follow(minutes(15));
    expect(await known("31")).toEqual({ product, stock });
    woo.settings.currency = "EUR";
    await follow(minutes(15));
    expect([(await known("31"))?.product.unitAmount, await known("99"), on.counted]).toEqual([
      100,
      undefined,
      [],
    ]);
  });

  test("is walked through to its end, page by page, and not again for a quarter of an hour", async () => {
    const many = Array.from({ length: 45 }, (_, at) => ({
      ...mug,
      productId: String(100 + at),
      quantity: 1,
    }));
    const { woo, follow, known } = await aConnectedShop({ bought: many.slice(0, 40) });
    woo.products.push(
      ...many.slice(0, 40).map(({ productId }) => there(31, { id: Number(productId), price: "20.00" })),
    );
    const walked = () => woo.requests.filter(({ url }) => url.includes("/products?")).length;
    await follow();
    expect([walked(), (await known("139"))?.product.unitAmount]).toEqual([2, 2_000]);
    await follow();
    await follow();
    expect(walked()).toBe(2);
    await follow();
    expect(walked()).toBe(4);
  });
});
