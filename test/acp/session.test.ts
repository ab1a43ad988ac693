import { describe, expect, it } from "vitest";
import { CheckoutSession } from "#functions/acp/session.ts";
import { showSession, statuses } from "#functions/acp/show-session.ts";
import { versions } from "#functions/acp/version.ts";
import { Status } from "#functions/checkout/checkout.ts";
import { MessageCode } from "#functions/checkout/message.ts";
import { aRefund } from "#test/examples.ts";
import { aContact, aCoreAnswer, aStore, now } from "./fixtures.ts";
import { complaints } from "./released.ts";

const json = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("a session in the words of ACP", () => {
  for (const version of versions) {
    it.each(Status.options)(
      `validates against the released schema of ${version} when it is %s`,
      async (status) => {
        const answer = await aCoreAnswer({
          status,
          version,
          discountCodes: ["ten", "old", "nonsense"],
          extensions: ["discount"],
          interventions: ["3ds"],
          notes: "Ring twice.",
          changes: { directoryServer: "mastercard" },
        });
        const session = showSession(answer, version);
        const definition = status === "completed" ? "CheckoutSessionWithOrder" : "CheckoutSession";
        expect(complaints(version, definition, session)).toEqual([]);
        expect(session.status).toBe(statuses[status]);
        expect(CheckoutSession.parse(json(session))).toEqual(json(session));
      },
    );

    it.each(MessageCode.options)(
      `shows the message %s in the codes of ${version}, at every level`,
      async (code) => {
        const messages = (["error", "warning", "info"] as const).map((level) => ({
          level,
          code,
          at: ["lines", 0],
          text: "Something.",
        }));
        const answer = await aCoreAnswer({ changes: { messages } });
        expect(complaints(version, "CheckoutSession", showSession(answer, version))).toEqual([]);
      },
    );

    it(`validates against ${version} with nothing known of the buyer, and for downloads`, async () => {
      const bare = await aCoreAnswer({
        contact: {},
        store: aStore({ support: undefined, threeDSecure: undefined }),
      });
      expect(complaints(version, "CheckoutSession", showSession(bare, version))).toEqual([]);
      const download = await aCoreAnswer({ lines: [{ productId: "song", quantity: 1, digital: true }] });
      const session = showSession(download, version);
      expect(complaints(version, "CheckoutSession", session)).toEqual([]);
      expect(session.fulfillment_options.map(({ type }) => type)).toEqual(["digital"]);
    });
  }

  it("tells what became of its order since, in 2026-01-30 as messages", async () => {
    const answer = await aCoreAnswer({
      status: "completed",
      order: {
        status: "canceled",
        canceledAt: now + 2,
        refunds: [aRefund({ amount: 4_328, requestedAt: now + 1 })],
      },
    });
    const { order } = showSession(answer, "2026-04-17");
    expect(order).toMatchObject({
      status: "canceled",
      adjustments: [{ type: "refund", amount: 4_328 }, { type: "cancellation" }],
    });
    expect(order?.totals).toContainEqual(expect.objectContaining({ type: "amount_refunded", amount: 4_328 }));
    const old = showSession(answer, "2026-01-30");
    expect(complaints("2026-01-30", "CheckoutSessionWithOrder", old)).toEqual([]);
    expect(old.order?.status).toBeUndefined();
    expect(old.messages.map(({ content }) => content)).toEqual([
      "Refund. 43.28 USD (completed)",
      "The order was canceled. (completed)",
    ]);
  });

  it("names what is missing where the agent can put it", async () => {
    const session = showSession(await aCoreAnswer({ contact: {} }), "2026-04-17");
    expect(session.status).toBe("not_ready_for_payment");
    expect(session.messages.map(({ code, param }) => [code, param])).toEqual([
      ["missing", "$.buyer.email"],
      ["missing", "$.fulfillment_details.address"],
    ]);
  });

  it("points at the item that is out of stock, as the official example does", async () => {
    const session = showSession(
      await aCoreAnswer({ lines: [{ productId: "shirt", quantity: 2, available: 1 }] }),
      "2026-04-17",
    );
    expect(session.messages[0]).toMatchObject({
      type: "error",
      code: "out_of_stock",
      param: "$.line_items[0].item.id",
      resolution: "recoverable",
    });
  });

  it("has totals that add up, tax on top or included", async () => {
    const amounts = (session: CheckoutSession) =>
      Object.fromEntries(session.totals.map(({ type, amount }) => [type, amount]));
    const added = amounts(showSession(await aCoreAnswer({ discountCodes: ["TEN"] }), "2026-04-17"));
    expect(added).toEqual({
      items_base_amount: 3_998,
      items_discount: 400,
      subtotal: 3_598,
      fulfillment: 500,
      tax: 297,
      total: 3_598 + 500 + 297,
    });
    const store = aStore({ taxes: { ...aStore().taxes, inclusive: true } });
    const included = showSession(await aCoreAnswer({ store }), "2026-04-17");
    expect(amounts(included)["total"]).toBe(3_998 + 500);
    expect(included.totals.find(({ type }) => type === "tax")).toMatchObject({
      display_text: "Sales tax (included)",
      breakdown: [{ jurisdiction: "US-CA", rate: 0.0825 }],
    });
  });

  it("preselects an option and gives each its delivery time", async () => {
    const store = aStore({ shippingOptions: [aStore().shippingOptions[0]!] });
    const session = showSession(await aCoreAnswer({ store }), "2026-04-17");
    expect(session.selected_fulfillment_options).toEqual([
      { type: "shipping", option_id: "standard", item_ids: ["line_shirt"] },
    ]);
    expect(session.fulfillment_options[0]).toMatchObject({
      carrier: "USPS",
      earliest_delivery_time: "2026-11-26T12:00:00.000Z",
      latest_delivery_time: "2026-11-28T12:00:00.000Z",
    });
  });

  it("leaves out of 2026-01-30 what that version does not know", async () => {
    const answer = await aCoreAnswer({
      status: "authenticating",
      interventions: ["3ds"],
      changes: { directoryServer: "american_express" },
    });
    const old = JSON.stringify(showSession(answer, "2026-01-30"));
    for (const word of ["resolution", "display_order", "company", "authentication_metadata"])
      expect(old).not.toContain(`"${word}"`);
    expect(showSession(answer, "2026-04-17").authentication_metadata).toMatchObject({
      directory_server: "american_express",
    });
  });
});

describe("capabilities", () => {
  it("publishes the store's Stripe profile as what tokens are bound to", async () => {
    const { capabilities } = showSession(await aCoreAnswer(), "2026-04-17");
    expect(capabilities.payment.handlers).toMatchObject([
      {
        name: "dev.acp.tokenized.card",
        psp: "stripe",
        config: { merchant_id: "profile_test1234", environment: "sandbox", supports_3ds: false },
      },
    ]);
  });

  it("agrees on 3-D Secure only where agent and store both can", async () => {
    const supported = async (interventions: string[], store = aStore()) =>
      showSession(await aCoreAnswer({ interventions, store }), "2026-04-17").capabilities.interventions
        .supported;
    expect(await supported(["3ds"])).toEqual(["3ds"]);
    expect(await supported([])).toEqual([]);
    expect(await supported(["3ds"], aStore({ threeDSecure: undefined }))).toEqual([]);
  });

  it("declares the discount extension only to an agent that listed it, but takes the discount off for all", async () => {
    const without = showSession(await aCoreAnswer({ discountCodes: ["TEN"] }), "2026-04-17");
    expect(without.capabilities.extensions).toBeUndefined();
    expect(without.discounts).toBeUndefined();
    expect(without.totals.find(({ type }) => type === "items_discount")?.amount).toBe(400);
    const active = showSession(
      await aCoreAnswer({ discountCodes: ["old", "ten", "FIVER"], extensions: ["discount"] }),
      "2026-04-17",
    );
    expect(active.capabilities.extensions?.map(({ name }) => name)).toEqual(["discount"]);
    expect(active.discounts).toMatchObject({
      codes: ["old", "ten", "FIVER"],
      applied: [
        { code: "TEN", coupon: { percent_off: 10 }, priority: 1 },
        { code: "FIVER", coupon: { amount_off: 500, currency: "usd" }, priority: 2 },
      ],
      rejected: [{ reason: "discount_code_expired", message: expect.any(String) }],
    });
    for (const { amount, allocations } of active.discounts?.applied ?? [])
      expect(allocations.reduce((sum, each) => sum + each.amount, 0)).toBe(amount);
    expect(active.messages).toContainEqual(
      expect.objectContaining({
        type: "warning",
        code: "discount_code_expired",
        param: "$.discounts.codes[0]",
      }),
    );
  });
});

describe("nothing personal", () => {
  it("is in the order but the buyer's own notes", async () => {
    const answer = await aCoreAnswer({ status: "completed", notes: "Ring twice." });
    const { order } = showSession(answer, "2026-04-17");
    expect(order?.confirmation.order_notes).toBe("Ring twice.");
    for (const value of [aContact.buyer?.email, aContact.delivery?.address?.lineOne, "Lovelace"])
      expect(JSON.stringify(order)).not.toContain(value);
  });
});
