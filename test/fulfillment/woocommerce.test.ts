import { describe, expect, test } from "vitest";
import { times } from "#functions/order/order.ts";
import type { DialResult } from "#functions/runtime/outbound.ts";
import { hours, minutes } from "#functions/values/clock.ts";
import type { FakeWooCommerce } from "#test/fakes/woocommerce.ts";
import {
  aConnectedShop,
  consumerKey,
  consumerSecret,
  type Given,
  mug,
  shirt,
  site,
  sold,
} from "./connected-shop.ts";

const lost: DialResult = { answered: false, reason: "timeout" };
/** It makes the order, and nobody hears of it. */
const ordersLost: FakeWooCommerce["way"] = ({ method }, answer) => {
  const said = answer();
  return method === "POST" ? lost : said;
};

describe("an order of a WooCommerce site", () => {
  test("is made there with its lines, shipping, taxes and buyer, unpaid until it is captured, and paid then", async () => {
    const { fulfill, pass, woo, order, orderId, status } = await aConnectedShop({ bought: [mug, shirt] });
    await fulfill();
    const { quote, payment } = await order();
    expect(woo.orders).toMatchObject([
      { status: "pending", paid: false, transaction_id: payment.paymentIntentId },
    ]);
    expect(woo.orders[0]?.total).toBe((quote.totals.total / 100).toFixed(2));
    expect(woo.orders[0]?.sent).toMatchObject({
      currency: "EUR",
      customer_id: 0,
      set_paid: false,
      billing: { email: "ada@canary.example" },
      line_items: [
        { product_id: 31, quantity: 3, subtotal: "47.90", total: "47.90" },
        { product_id: 40, variation_id: 41, quantity: 1, total: "21.01" },
      ],
      shipping_lines: [{ total: expect.stringMatching(/^\d+\.\d\d$/) }],
      meta_data: [{ key: "agentic_order_id", value: orderId }],
    });
    expect(await status()).toBe("confirmed");
    await pass();
    expect(woo.orders).toMatchObject([{ status: "processing", paid: true }]);
  });

  test("has its total there as it was charged, whatever the site's taxes are", async () => {
    const { fulfill, woo, order } = await aConnectedShop({ tax: 7 });
    await fulfill();
    const { total } = (await order()).quote.totals;
    expect(woo.orders[0]?.total).toBe((total / 100).toFixed(2));
    expect(woo.orders[0]?.sent.fee_lines).toMatchObject([{ tax_status: "none" }]);
  });

  test("is made once, however often the answer is lost: whoever may have been there looks first", async () => {
    const { fulfill, pass, woo, status, posts } = await aConnectedShop();
    woo.way = ordersLost;
    await fulfill();
    expect([await status(), woo.orders.length, posts()]).toEqual(["placed", 1, 1]);
    await pass();
    expect([await status(), woo.orders.length, posts()]).toEqual(["confirmed", 1, 1]);
  });

  test("that was made twice by a site slower than our patience is paid once there, and its copy let go", async () => {
    const { fulfill, pass, woo, status } = await aConnectedShop();
    const late: (() => DialResult)[] = [];
    woo.way = (request, answer) => {
      if (request.method !== "POST") return answer();
      late.push(answer);
      return lost;
    };
    await fulfill();
    woo.way = (request, answer) => {
      const said = answer();
      if (request.method === "POST") late[0]?.();
      return said;
    };
    await pass();
    expect([await status(), woo.orders.length]).toEqual(["confirmed", 2]);
    await pass();
    expect(woo.orders).toMatchObject([
      { status: "processing", paid: true },
      { status: "cancelled", paid: false },
    ]);
  });

  test.each([
    ["sold_out", { stock_quantity: 2 }],
    ["sold_out", { stock_status: "outofstock" }],
    ["price_changed", { price: "21.00" }],
    ["product_gone", { status: "draft" }],
  ])("is refused for %s by what the site says at this moment, and no money is taken", async (reason, now) => {
    const { fulfill, woo, status, order, intent } = await aConnectedShop();
    woo.products.splice(0, 1, { ...sold[0], id: 31, ...now });
    await fulfill();
    expect([await status(), intent(), woo.orders]).toEqual(["canceled", "canceled", []]);
    expect((await order()).cancelReason).toBe(reason);
  });

  test("is refused when its product is none of the site's", async () => {
    const { fulfill, status, order, woo } = await aConnectedShop({
      bought: [{ ...mug, productId: "mug-blue" }],
    });
    await fulfill();
    expect([await status(), (await order()).cancelReason, woo.requests]).toEqual([
      "canceled",
      "product_unknown",
      [],
    ]);
  });

  test("that the site's owner has canceled meanwhile is canceled here", async () => {
    const { fulfill, pass, woo, status, order } = await aConnectedShop();
    woo.way = ordersLost;
    await fulfill();
    for (const there of woo.orders) there.status = "cancelled";
    await pass();
    expect([await status(), (await order()).cancelReason]).toEqual(["canceled", "store_canceled"]);
  });

  test.each<[string, DialResult]>([
    ["down", lost],
    ["refusing our key", { answered: true, status: 401, headers: {}, body: new Uint8Array() }],
    ["overloaded", { answered: true, status: 503, headers: {}, body: new Uint8Array() }],
    ["a page that is no API", { answered: true, status: 200, headers: {}, body: new Uint8Array([60]) }],
  ])("waits for a day while the site is %s, and then goes back", async (_, said) => {
    const { fulfill, pass, woo, status, intent, on } = await aConnectedShop();
    woo.way = () => said;
    await fulfill();
    await pass();
    expect([await status(), intent()]).toEqual(["placed", "requires_capture"]);
    await pass(times.giveUp);
    expect([await status(), intent(), on.counted]).toEqual(["canceled", "canceled", ["StoreSilent"]]);
  });

  test("that is paid here and was canceled there is told of by an alarm", async () => {
    const { fulfill, pass, woo, on } = await aConnectedShop();
    await fulfill();
    for (const there of woo.orders) there.status = "cancelled";
    await pass();
    await pass(times.giveUp);
    expect([woo.orders[0]?.paid, on.counted]).toEqual([false, ["StoreSilent"]]);
  });

  test("that is canceled is canceled there", async () => {
    const { fulfill, pass, woo, cancel, status } = await aConnectedShop();
    await fulfill();
    await pass();
    await cancel();
    for (const _ of [1, 2, 3]) await pass();
    expect([await status(), woo.orders[0]?.status]).toEqual(["canceled", "cancelled"]);
  });
});

describe("a WooCommerce site's key", () => {
  test("is kept sealed, shown to nobody, and used over HTTPS on its own site only", async () => {
    const { connected, call, everything, fulfill, woo, on } = await aConnectedShop();
    const seen = [connected, await call("GET")];
    await fulfill();
    for (const part of [consumerKey, consumerSecret, Buffer.from(`${consumerKey}:`).toString("base64")])
      expect(JSON.stringify([seen, on.logged]) + everything()).not.toContain(part.slice(3, 40));
    expect(woo.requests.every(({ url }) => url.startsWith(`${site}/wp-json/`))).toBe(true);
  });

  test("is gone with the disconnecting answer, and so are its settings: nobody calls the site again", async () => {
    const { call, on, fulfill, woo } = await aConnectedShop();
    await call("GET");
    const sealed = () => on.table.rows("access").filter(({ sk }) => sk === "connector");
    expect(sealed()).toMatchObject([{ settings: { currency: "eur" } }]);
    expect((await call("DELETE")).body).toEqual({ kind: "native" });
    expect(sealed()).toEqual([]);
    const before = woo.requests.length;
    await fulfill();
    expect(woo.requests.length).toBe(before);
  });

  test.each([
    { url: "https://127.0.0.1/" },
    { url: "http://tea.example.com/" },
    { url: "https://tea.example.com/?a=1" },
    { consumerKey: "ck_1" },
    { consumerSecret: consumerKey },
  ])("is not taken with %j", async (unfit) => {
    const { connected } = await aConnectedShop({ body: unfit });
    expect(connected.statusCode).toBe(422);
  });
});

describe("what a site sells", () => {
  const anImport = async (given: Given = {}) => {
    const shop = await aConnectedShop(given);
    const bring = async (page?: number) => shop.call("PUT", page ? { page } : {}, "/products");
    return { ...shop, bring };
  };

  test("comes page by page with its price and stock, each variation for itself", async () => {
    const { bring, known, woo } = await anImport();
    woo.products.push(...Array.from({ length: 19 }, (_, at) => ({ ...sold[0], id: 100 + at })));
    expect(await bring()).toMatchObject({ statusCode: 200, body: { skipped: [], next: 2, updated: ["31"] } });
    const last = await bring(2);
    expect(last.body).toEqual({ created: ["118"], updated: [], skipped: [] });
    expect(await known("40-41")).toMatchObject({
      product: { title: "Shirt, L", unitAmount: 2_500, digital: false, active: true },
      stock: { onHand: 10 },
    });
  });

  test("comes with all variations of a product, be they more than a page", async () => {
    const { bring, known, woo } = await anImport();
    woo.products.push(...Array.from({ length: 230 }, (_, at) => ({ ...sold[2], id: 1_000 + at })));
    expect((await bring()).body).toMatchObject({ created: { length: 231 }, skipped: [] });
    expect(await known("40-1229")).toMatchObject({ product: { unitAmount: 2_500 }, stock: { onHand: 10 } });
  });

  test.each<[string, object, object]>([
    ["nothing is left", { stock_status: "outofstock" }, { stock: { onHand: 0 } }],
    ["nobody counts", { manage_stock: false }, { stock: { onHand: null } }],
    ["more may be ordered than is there", { backorders_allowed: true }, { stock: { onHand: null } }],
    ["it is a draft", { status: "draft" }, { product: { active: false } }],
    ["it is a download", { virtual: true }, { product: { digital: true } }],
    ["its texts are HTML", { name: "Tea &amp; <b>Mug</b>" }, { product: { title: "Tea & Mug" } }],
    ["its picture is no address", { images: [{ src: "data:x" }] }, { product: { id: "31" } }],
  ])("is what it is there: %s", async (_, there, here) => {
    const { bring, known, woo } = await anImport();
    woo.products.splice(0, 9, { ...sold[0], id: 31, ...there });
    expect((await bring()).body).toMatchObject({ updated: ["31"] });
    expect(await known("31")).toMatchObject(here);
  });

  test("is left out, and said so, where it has no price or is no single thing", async () => {
    const { bring, woo } = await anImport();
    const { id: _, ...one } = { ...sold[0] };
    woo.products.splice(0, 9, { id: 50, ...one, price: "" }, { id: 51, ...one, type: "grouped" });
    expect((await bring()).body).toEqual({
      created: [],
      updated: [],
      skipped: [
        { id: "50", reason: "no_price" },
        { id: "51", reason: "type_not_sold" },
      ],
    });
  });

  test("is not taken in another currency, nor while the site is away, nor without one", async () => {
    const { bring, call, woo, on } = await anImport();
    woo.settings.currency = "USD";
    expect((await bring()).body).toMatchObject({ code: "currency_mismatch" });
    woo.settings.currency = "EUR";
    on.clock.advance(hours(25));
    woo.way = () => lost;
    expect((await bring()).statusCode).toBe(503);
    await call("DELETE");
    expect((await bring()).statusCode).toBe(409);
  });

  test("is asked for anew each time, and its settings are not", async () => {
    const { bring, known, woo } = await anImport();
    await bring();
    const before = woo.requests.length;
    woo.products.splice(0, 1, { ...sold[0], id: 31, price: "20.00", stock_quantity: 7 });
    await bring();
    expect(woo.requests.length - before).toBe(2);
    expect(await known("31")).toMatchObject({ product: { unitAmount: 2_000 }, stock: { onHand: 7 } });
  });
});

describe("a site's settings", () => {
  test("are read once in fifteen minutes, and nothing else of it is kept", async () => {
    const { call, woo, on } = await aConnectedShop();
    const settings = async () => ((await call("GET")).body as { settings?: object }).settings;
    const known = { currency: "eur", pricesIncludeTax: true, timeZone: "Europe/Berlin", stale: false };
    expect(await settings()).toMatchObject({
      ...known,
      taxClasses: ["standard", "reduced-rate", "zero-rate"],
    });
    for (let minute = 0; minute < 14; minute += 1) {
      on.clock.advance(minutes(1));
      await settings();
    }
    expect(woo.requests).toHaveLength(4);
    woo.settings.currency = "USD";
    on.clock.advance(minutes(1));
    expect(await settings()).toMatchObject({ currency: "usd" });
    const [row] = on.table.rows("access").filter(({ sk }) => sk === "connector");
    expect(Object.keys(row?.["settings"] as object).sort()).toEqual(
      ["currency", "pricesIncludeTax", "readAt", "taxClasses", "timeZone"].sort(),
    );
  });

  test("are used for a day while the site is away, called stale, and then no more", async () => {
    const { call, woo, on } = await aConnectedShop();
    const settings = async () => ((await call("GET")).body as { settings?: { stale: boolean } }).settings;
    await settings();
    woo.way = () => lost;
    on.clock.advance(hours(23));
    expect(await settings()).toMatchObject({ stale: true });
    on.clock.advance(hours(1));
    expect(await settings()).toBeUndefined();
  });

  test("are in hours where the site's owner chose no city", async () => {
    const { call, woo } = await aConnectedShop();
    Object.assign(woo.settings, { timezone: "", offset: -3.5 });
    expect((await call("GET")).body).toMatchObject({ settings: { timeZone: "-03:30" } });
  });
});
