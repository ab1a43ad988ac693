import { describe, expect, it } from "vitest";
import { showOrder } from "#functions/acp/order-snapshot.ts";
import { acpWebhookKind } from "#functions/acp/order-webhook.ts";
import { versions } from "#functions/acp/version.ts";
import { withEvent, withFulfillment } from "#functions/fulfillment/order-fulfillments.ts";
import type { Dispute } from "#functions/order/dispute.ts";
import { type Order, PaymentState, Status } from "#functions/order/order.ts";
import type { Refund } from "#functions/order/refund.ts";
import { aContact, aCoreAnswer, anOrder, aStore, now } from "./fixtures.ts";
import { complaints } from "./released.ts";

const theOrder = async (version: string, changes: Partial<Order> = {}) => {
  const { opened } = await aCoreAnswer({ status: "completed", version });
  return anOrder(opened.checkout, changes);
};

const aRefund = (given: Partial<Refund> = {}): Refund => ({
  number: 1,
  status: "succeeded",
  amount: 300,
  lines: [],
  shipping: false,
  restock: false,
  reason: "damaged",
  origin: "store",
  stripeRefundId: "re_1",
  requestedAt: now,
  updatedAt: now,
  ...given,
});

const everyRefund: Refund[] = [
  aRefund({ number: 1, status: "requested", amount: 100, shipping: true, stripeRefundId: undefined }),
  aRefund({ number: 2, status: "pending", amount: 200 }),
  aRefund({ number: 3, lines: [{ productId: "shirt", quantity: 1, amount: 300 }] }),
  aRefund({ number: 4, status: "failed", amount: 400, failureCode: "lost_or_stolen_card" }),
];
const aDispute = {
  id: "du_1",
  kind: "chargeback",
  amount: 500,
  reason: "fraudulent",
  openedAt: now,
} as const;
const disputes: Dispute[] = [
  { ...aDispute, status: "open" },
  { ...aDispute, id: "du_2", kind: "inquiry", status: "won", closedAt: now },
];

const states = Status.options.flatMap((status) =>
  PaymentState.options.map((state) => [status, state] as const),
);

describe("an order's webhook", () => {
  it.each(states)(
    "validates in both versions when the order is %s and its payment %s",
    async (status, state) => {
      const bodyIn = async (version: string) => {
        const order = await theOrder(version, { status });
        return acpWebhookKind.body(
          { ...order, payment: { ...order.payment, state } },
          aStore(),
          "order.updated",
        );
      };
      expect(complaints("2026-01-30", "webhook-before", await bodyIn("2026-01-30"))).toEqual([]);
      const { data } = await bodyIn("2026-04-17");
      expect(complaints("2026-04-17", "Order", data)).toEqual([]);
      for (const name of ["type", "checkout_session_id", "permalink_url", "status"])
        expect(data).toHaveProperty(name);
    },
  );

  it("creates with the first event and updates with all others", async () => {
    const order = await theOrder("2026-04-17");
    const types = ["order.placed", "order.confirmed", "order.canceled", "order.updated"].map(
      (type) => acpWebhookKind.body(order, aStore(), type).type,
    );
    expect(types).toEqual(["order_create", "order_update", "order_update", "order_update"]);
  });

  it("holds nothing of the buyer", async () => {
    for (const version of versions) {
      const text = JSON.stringify(acpWebhookKind.body(await theOrder(version), aStore(), "order.placed"));
      for (const value of [aContact.buyer?.email, aContact.delivery?.address?.lineOne, "Ada", "94131"])
        expect(text).not.toContain(value);
    }
  });

  it("validates in both versions with every kind of refund and dispute", async () => {
    const bodyIn = async (version: string) =>
      acpWebhookKind.body(
        await theOrder(version, { status: "confirmed", refunds: everyRefund, disputes }),
        aStore(),
        "refund.succeeded",
      );
    expect(complaints("2026-04-17", "Order", (await bodyIn("2026-04-17")).data)).toEqual([]);
    const old = await bodyIn("2026-01-30");
    expect(complaints("2026-01-30", "webhook-before", old)).toEqual([]);
    expect(old.data).toMatchObject({
      refunds: [{ type: "original_payment", amount: 300 }],
    });
  });

  it("tells of every fulfillment, and in both versions how far all of it is", async () => {
    const tracking = { carrier: "DHL", number: "0034", url: "https://dhl.example/track?id=0034" };
    const told: unknown[] = [];
    let order = await theOrder("2026-04-17", { status: "confirmed" });
    const tell = (after: Order) => {
      order = after;
      const shown = showOrder(order, aStore(), "2026-04-17");
      expect(complaints("2026-04-17", "Order", { ...shown, type: "order" })).toEqual([]);
      const old = acpWebhookKind.body(
        { ...order, channel: { ...order.channel, version: "2026-01-30" } },
        aStore(),
        "order.updated",
      );
      expect(complaints("2026-01-30", "webhook-before", old)).toEqual([]);
      const session = showOrder(order, aStore(), "2026-01-30");
      const line = shown.line_items?.find(({ product_id }) => product_id === "shirt");
      const statuses = shown.fulfillments?.map(({ status }) => status).join(" ");
      told.push([
        shown.status,
        session.status,
        (old.data as { status: string }).status,
        line?.status,
        statuses,
      ]);
    };
    tell(order);
    tell(withFulfillment(order, { status: "processing", lines: [{ productId: "shirt", quantity: 1 }] }, now));
    tell(withEvent(order, 1, { type: "shipped", tracking }, now));
    tell(withFulfillment(order, { status: "shipped" }, now));
    tell(withEvent(order, 1, { type: "delivered" }, now));
    tell(withEvent(order, 2, { type: "delivered" }, now));
    tell(withEvent(order, 1, { type: "returned" }, now));
    expect(told).toEqual([
      ["confirmed", "confirmed", "confirmed", "processing", "processing"],
      ["processing", "processing", "confirmed", "processing", "processing processing"],
      ["processing", "processing", "confirmed", "partial", "shipped processing"],
      ["shipped", "shipped", "shipped", "fulfilled", "shipped shipped"],
      ["shipped", "shipped", "shipped", "fulfilled", "delivered shipped"],
      ["completed", "delivered", "fulfilled", "fulfilled", "delivered delivered"],
      ["processing", "processing", "confirmed", "partial", "delivered delivered processing"],
    ]);
    expect(showOrder(order, aStore(), "2026-04-17").fulfillments?.[0]).toMatchObject({
      carrier: "DHL",
      tracking_number: "0034",
      tracking_url: tracking.url,
      events: [
        { type: "processing" },
        { type: "shipped" },
        { type: "delivered" },
        { type: "returned_to_sender" },
      ],
    });
  });

  it("keeps the total that was charged and says beside it what was given back", async () => {
    const order = await theOrder("2026-04-17", { status: "confirmed", refunds: everyRefund, disputes });
    const shown = showOrder(order, aStore(), "2026-04-17");
    const amount = (type: string) => shown.totals?.find((total) => total.type === type)?.amount;
    expect(amount("total")).toBe(order.quote.totals.total);
    expect(amount("amount_refunded")).toBe(300);
    expect(shown.adjustments).toMatchObject([
      { type: "refund", status: "pending", amount: 100, currency: "usd", reason: "damaged" },
      { type: "refund", status: "pending", amount: 200 },
      { type: "refund", status: "completed", amount: 300, line_items: [{ quantity: 1 }] },
      { type: "refund", status: "failed", amount: 400 },
      { type: "dispute", status: "pending", amount: 500 },
      { type: "dispute", status: "failed" },
    ]);
    expect(new Set(shown.adjustments?.map(({ id }) => id)).size).toBe(6);
  });

  it("counts a piece as the buyer's until it is back, and no longer once the order is canceled", async () => {
    const lineIn = async (changes: Partial<Order>) =>
      showOrder(await theOrder("2026-04-17", changes), aStore(), "2026-04-17").line_items?.[0];
    const lines = [{ productId: "shirt", quantity: 1, amount: 300 }];
    const kept = aRefund({ lines });
    expect(await lineIn({ refunds: [kept] })).toMatchObject({ quantity: { ordered: 2, current: 2 } });
    for (const back of [
      { ...kept, restock: true },
      { ...kept, reason: "returned" as const },
    ])
      expect(await lineIn({ refunds: [back] })).toMatchObject({
        quantity: { current: 1 },
        status: "processing",
      });
    const all = aRefund({ lines: [{ productId: "shirt", quantity: 2, amount: 600 }], restock: true });
    for (const changes of [{ refunds: [all] }, { status: "canceled" as const }])
      expect(await lineIn(changes)).toMatchObject({
        quantity: { ordered: 2, current: 0 },
        status: "removed",
      });
  });

  it("tells a cancellation beside what it gave back", async () => {
    const refunds = [aRefund({ amount: 4_328, origin: "cancellation" })];
    const order = await theOrder("2026-04-17", {
      status: "canceled",
      canceledAt: now + 1,
      updatedAt: now + 9,
      refunds,
    });
    expect(showOrder(order, aStore(), "2026-04-17").adjustments).toMatchObject([
      { type: "refund", status: "completed", amount: 4_328 },
      { type: "cancellation", status: "completed" },
    ]);
  });

  it("names no amount where nothing was charged", async () => {
    const order = await theOrder("2026-04-17", { status: "canceled", canceledAt: now });
    const voided = showOrder(
      { ...order, payment: { ...order.payment, state: "voided" } },
      aStore(),
      "2026-04-17",
    );
    expect(voided.adjustments).toMatchObject([{ type: "cancellation", status: "completed" }]);
    expect(JSON.stringify(voided.totals)).not.toContain("amount_refunded");
  });
});
