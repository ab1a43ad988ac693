import { describe, expect, it } from "vitest";
import { showOrder } from "#functions/acp/order-snapshot.ts";
import { acpWebhookKind } from "#functions/acp/order-webhook.ts";
import { versions } from "#functions/acp/version.ts";
import { type Order, PaymentState, Status } from "#functions/order/order.ts";
import { aContact, aCoreAnswer, anOrder, aStore } from "./fixtures.ts";
import { complaints } from "./released.ts";

const theOrder = async (version: string, changes: Partial<Order> = {}) => {
  const { opened } = await aCoreAnswer({ status: "completed", version });
  return anOrder(opened.checkout, changes);
};

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

  it("keeps the total that was charged and says beside it what was given back", async () => {
    const order = await theOrder("2026-04-17", { status: "canceled" });
    const refunded = showOrder(
      { ...order, payment: { ...order.payment, state: "refunded" } },
      aStore(),
      "2026-04-17",
    );
    const amount = (type: string) => refunded.totals?.find((total) => total.type === type)?.amount;
    expect(amount("total")).toBe(order.quote.totals.total);
    expect(amount("amount_refunded")).toBe(order.payment.amount);
    expect(refunded.adjustments).toMatchObject([
      { type: "refund", status: "completed", amount: order.payment.amount },
    ]);
    expect(refunded.line_items).toMatchObject([{ quantity: { ordered: 2, current: 0 }, status: "removed" }]);
  });

  it("names no amount where nothing was charged", async () => {
    const order = await theOrder("2026-04-17", { status: "canceled" });
    const voided = showOrder(
      { ...order, payment: { ...order.payment, state: "voided" } },
      aStore(),
      "2026-04-17",
    );
    expect(voided.adjustments).toMatchObject([{ type: "cancellation", status: "completed" }]);
    expect(JSON.stringify(voided.totals)).not.toContain("amount_refunded");
  });
});
