import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AcpOrder } from "#functions/acp/order.ts";
import { showOrder } from "#functions/acp/order-snapshot.ts";
import { acpWebhookKind } from "#functions/acp/order-webhook.ts";
import type { Order } from "#functions/order/order.ts";
import { effort, seed } from "#test/effort.ts";
import { bigOrder, longest, type Size } from "./big-order.ts";
import { aStore } from "./fixtures.ts";
import { complaints } from "./released.ts";

const wholeOf = (order: Order): AcpOrder => ({ ...showOrder(order, aStore(), "2026-04-17"), type: "order" });
const bodyOf = (order: Order) =>
  acpWebhookKind.body(order, aStore(), "order.updated") as { type: string; data: AcpOrder };
const bytesOf = (json: unknown): number => Buffer.byteLength(JSON.stringify(json));
const inBody = (data: AcpOrder) => ({ type: "order_update", data });

/** What no body leaves out. */
const kept = ({ line_items, fulfillments, adjustments, totals, ...order }: AcpOrder) => ({
  order: [order.id, order.checkout_session_id, order.order_number, order.permalink_url, order.status],
  lines: line_items?.map((line) => [line.id, line.quantity, line.status, line.unit_price, line.subtotal]),
  parcels: fulfillments?.map(({ id, type, status }) => [id, type, status]),
  adjustments: adjustments?.map((each) => [each.id, each.type, each.status, each.occurred_at, each.amount]),
  totals: totals?.map(({ type, amount }) => [type, amount]),
});

/** How many bytes that takes at most. */
const keptBytes = ({ line_items, fulfillments, adjustments, permalink_url }: AcpOrder): number =>
  900 +
  permalink_url.length +
  240 * (line_items ?? []).length +
  85 * (fulfillments ?? []).length +
  140 * (adjustments ?? []).length;

const text = (max: number) =>
  fc
    .tuple(fc.constantFrom("x", "an ", "é", "界", "👩‍👩‍👧", '"', "\u0001"), fc.integer({ min: 1, max }))
    .map(([unit, length]) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length));

/** As much as the store is let to tell of one order. */
const held = 1_000;
const anySize: fc.Arbitrary<Size> = fc
  .record({
    lines: fc.integer({ min: 1, max: 40 }),
    idLength: fc.integer({ min: 3, max: 64 }),
    title: text(256),
    quantity: fc.integer({ min: 1, max: 9_999 }),
    unitAmount: fc.integer({ min: 0, max: 240_000 }),
    inclusive: fc.boolean(),
    taxName: text(64),
    option: text(128),
    pageLength: fc.integer({ min: 60, max: 2_048 }),
    parcels: fc.integer({ min: 0, max: 100 }),
    events: fc.integer({ min: 1, max: 20 }),
    trackingUrlLength: fc.integer({ min: 60, max: 2_048 }),
    refunds: fc.integer({ min: 0, max: 100 }),
    refundLines: fc.integer({ min: 0, max: 40 }),
    disputes: fc.integer({ min: 0, max: 3 }),
  })
  .map((size) => ({
    ...size,
    parcels: Math.min(size.parcels, size.quantity, Math.floor(held / size.lines / size.events)),
    refunds: Math.min(size.refunds, Math.floor(held / Math.max(1, size.refundLines))),
  }));

describe("an order's webhook", () => {
  it("is under 20 kB, valid, and leaves out no line, quantity, status, total or refund, however big the order", async () => {
    await fc.assert(
      fc.asyncProperty(anySize, async (size) => {
        const order = await bigOrder(size);
        const whole = wholeOf(order);
        const body = bodyOf(order);
        expect(bytesOf(body)).toBeLessThan(Math.max(20_000, keptBytes(whole)));
        expect(complaints("2026-04-17", "Order", body.data)).toEqual([]);
        expect(kept(body.data)).toEqual(kept(whole));
        if (bytesOf(inBody(whole)) < 20_000) expect(body).toEqual(inBody(whole));
      }),
      { numRuns: effort(2_000, 20), seed: seed(1) },
    );
  });

  it("has room for the longest 40 lines in 20 parcels, with 57 refunds and disputes", async () => {
    const order = await bigOrder({
      ...longest,
      parcels: 20,
      events: 1,
      refunds: 54,
      refundLines: 1,
      disputes: 3,
    });
    expect(bytesOf(bodyOf(order))).toBeLessThan(20_000);
  });

  it("is under 20 kB in the words of 2026-01-30, too", async () => {
    const order = await bigOrder({ ...longest, pageLength: 2_048, refunds: 100, refundLines: 0 });
    const body = bodyOf({ ...order, channel: { ...order.channel, version: "2026-01-30" } });
    expect(bytesOf(body)).toBeLessThan(20_000);
  });
});

describe("what is left out of a body that were too big", () => {
  const both = async (size: Partial<Size>) => {
    const order = await bigOrder(size);
    return { whole: wholeOf(order), data: bodyOf(order).data };
  };
  const titlesOf = ({ line_items = [] }: AcpOrder) => line_items.map(({ title }) => title);

  it("is first what is said twice: of 40 usual lines nothing is missing but the sums that follow from others", async () => {
    const { whole, data } = await both({ lines: 40, parcels: 1 });
    const lines = whole.line_items?.map((line) => ({
      ...line,
      totals: line.totals
        .filter(({ type }) => ["tax", "total"].includes(type))
        .map(({ breakdown: _, ...total }) => total),
    }));
    expect(data).toEqual({ ...whole, line_items: lines });
    for (const { unit_price, quantity, subtotal, totals } of whole.line_items ?? [])
      expect(totals.slice(0, 3)).toMatchObject([
        { type: "items_base_amount", amount: unit_price * quantity.ordered },
        { type: "items_discount", amount: unit_price * quantity.ordered - subtotal },
        { type: "subtotal", amount: subtotal },
      ]);
  });

  const endless = "An endless title. ".repeat(15).slice(0, 256);

  it("is then what the session has said: a title is cut, no shorter than it must be", async () => {
    const { data } = await both({ lines: 40, title: endless });
    expect(new Set(titlesOf(data))).toEqual(new Set([`${"An endless title. ".repeat(5)}A…`]));
    expect(data.line_items?.[0]).toHaveProperty("product_id");
    expect(data).not.toHaveProperty("support");
  });

  it("is so even where all is as long as can be: what became of the order stays", async () => {
    const { whole, data } = await both({ ...longest, title: endless });
    expect(new Set(titlesOf(data))).toEqual(new Set(["An endless title. An endless title. An endl…"]));
    expect(data.fulfillments).toEqual(whole.fulfillments);
  });

  it("is then history: a parcel says what last became of it, and its carrier's number", async () => {
    const { data } = await both({
      lines: 20,
      idLength: 64,
      parcels: 10,
      events: 5,
      quantity: 10,
      trackingUrlLength: 400,
    });
    const shipped = data.fulfillments?.find(({ status }) => status === "shipped");
    expect(shipped).toMatchObject({ tracking_number: expect.any(String), events: [{ type: "shipped" }] });
    expect(shipped).not.toHaveProperty("tracking_url");
    expect(data.fulfillments?.find(({ status }) => status === "delivered")).not.toHaveProperty("carrier");
  });

  it("cuts no character in two", async () => {
    for (const unit of ["👩‍👩‍👧", "é", "🇩🇪", "\u0001"]) {
      const title = unit.repeat(Math.floor(256 / unit.length));
      const [cut = ""] = titlesOf((await both({ ...longest, title })).data);
      expect(Buffer.byteLength(JSON.stringify(cut))).toBeLessThanOrEqual(48);
      expect(cut.replaceAll(unit, "")).toBe("…");
    }
  });
});
