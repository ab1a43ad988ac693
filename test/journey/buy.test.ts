import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { totalOf } from "./agent.ts";
import { canaryBuyer } from "./canary.ts";
import { openEndpoint } from "./endpoint.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.laptop.stop());

describe("buying over the wire", () => {
  test("ends in a confirmed order and three signed webhooks, one charge and one piece less", async () => {
    await world.restock(20);
    const endpoint = await openEndpoint(world);
    const before = world.charged().length;
    const session = await world.ready();
    expect(session).toMatchObject({ status: "ready_for_payment" });
    const done = await world.agent.complete(session.id, await world.token(totalOf(session)));
    expect(done).toMatchObject({ status: 200, body: { status: "completed" } });
    const id = done.body.order?.id ?? "";
    await world.settle(() => endpoint.heard.length === 3);
    expect(await world.store.orders.getOrder(id)).toMatchObject({
      status: "confirmed",
      payment: { state: "captured" },
      contact: { buyer: { email: canaryBuyer.buyer.email } },
    });
    expect(endpoint.typesOf(id)).toEqual(["order.placed", "payment.captured", "order.confirmed"]);
    expect(world.charged()).toHaveLength(before + 1);
    expect(world.charged().at(-1)).toMatchObject({ status: "succeeded", amount: totalOf(session) });
    expect(await world.stockOf("mug-blue")).toBe(19);
    await endpoint.close();
  });

  test("goes step by step as well: create, address, option, complete", async () => {
    const created = await world.agent.create([{ id: "mug-blue", quantity: 2 }]);
    expect(created).toMatchObject({ status: 201, body: { status: "not_ready_for_payment" } });
    const { id } = created.body;
    const addressed = await world.agent.update(id, canaryBuyer);
    expect(addressed).toMatchObject({ status: 200, body: { status: "ready_for_payment" } });
    const option = { type: "shipping", option_id: "express", item_ids: [] };
    const express = await world.agent.update(id, { selected_fulfillment_options: [option] });
    expect(totalOf(express.body) - totalOf(addressed.body)).toBe(1_290 - 490);
    const done = await world.agent.complete(id, "pm_card_visa");
    expect(done.body.status).toBe("completed");
    // Of the order it is told how far it has come since.
    const { order, ...session } = (await world.agent.read(id)).body;
    const { order: placed, ...completed } = done.body;
    expect([session, order?.id]).toEqual([completed, placed?.id]);
  });

  test("a download needs no address", async () => {
    const { body } = await world.agent.create([{ id: "brewing-guide" }], { buyer: canaryBuyer.buyer });
    expect(body).toMatchObject({ status: "ready_for_payment", fulfillment_options: [{ type: "digital" }] });
    expect((await world.agent.complete(body.id, "pm_card_visa")).body.status).toBe("completed");
  });

  test("what is free is ordered without a payment, and confirmed all the same", async () => {
    const before = world.intents().length;
    const { body } = await world.agent.create([{ id: "sticker" }], { buyer: canaryBuyer.buyer });
    const done = await world.agent.call("POST", `/checkout_sessions/${body.id}/complete`, {});
    expect(done.body.status).toBe("completed");
    await world.settle();
    expect(await world.store.orders.getOrder(done.body.order?.id ?? "")).toMatchObject({
      status: "confirmed",
      total: 0,
      payment: { state: "not_required" },
    });
    expect(world.intents()).toHaveLength(before);
  });

  test("after a declined card another one buys, and the store is told of both", async () => {
    await world.restock(20);
    const endpoint = await openEndpoint(world);
    const { id } = await world.ready();
    const declined = await world.agent.complete(id, "pm_card_chargeDeclinedInsufficientFunds");
    expect(declined).toMatchObject({
      status: 200,
      body: { status: "ready_for_payment", messages: [{ type: "error", code: "payment_declined" }] },
    });
    expect(await world.stockOf("mug-blue")).toBe(20);
    expect((await world.agent.complete(id, "pm_card_visa")).body.status).toBe("completed");
    await world.settle(() => endpoint.heard.length === 4);
    const failed = endpoint.heard.find(({ type }) => type === "payment.failed");
    expect(failed?.body).toMatchObject({
      subject: id,
      data: { checkoutId: id, stage: "authorization", attempt: 1, reason: "payment_declined" },
    });
    await endpoint.close();
  });

  test("3-D Secure: the agent authenticates the buyer and completes again", async () => {
    await world.restock(20);
    const session = await world.ready("mug-blue", {
      capabilities: { interventions: { supported: ["3ds"] } },
    });
    const asked = await world.agent.complete(session.id, "pm_card_authenticationRequired");
    expect(asked.body).toMatchObject({ status: "authentication_required" });
    expect(await world.stockOf("mug-blue")).toBe(19);
    const missing = await world.agent.complete(session.id, "pm_card_authenticationRequired");
    expect(missing).toMatchObject({
      status: 400,
      body: { code: "requires_3ds", param: "$.authentication_result" },
    });
    const done = await world.agent.complete(session.id, "pm_card_authenticationRequired", authenticated);
    expect(done.body.status).toBe("completed");
    expect(await world.stockOf("mug-blue")).toBe(19);
  });

  test("an agent that can't authenticate its buyer is told so, and nothing is held", async () => {
    const before = world.charged().length;
    const { id } = await world.ready();
    const { body } = await world.agent.complete(id, "pm_card_authenticationRequired");
    expect(body).toMatchObject({ status: "ready_for_payment", messages: [{ code: "requires_3ds" }] });
    expect(world.charged()).toHaveLength(before);
  });

  test("a shared payment token that does not cover the total is a decline, not a charge", async () => {
    const session = await world.ready();
    const { body } = await world.agent.complete(session.id, await world.token(totalOf(session) - 1));
    expect(body).toMatchObject({ status: "ready_for_payment", messages: [{ code: "payment_declined" }] });
  });

  test("a discount code is taken off, in any case, and one that is not known is told", async () => {
    await world.restock(20);
    await world.store.store.putDiscounts({
      discounts: [{ code: "TEA10", kind: "percent", percentOff: 10 }],
    });
    const capabilities = { extensions: ["discount"] };
    const plain = await world.ready();
    const less = await world.ready("mug-blue", { capabilities, discounts: { codes: ["tea10", "nope"] } });
    expect(totalOf(plain) - totalOf(less)).toBe(190);
    expect(less.messages).toMatchObject([{ type: "warning", code: "discount_code_invalid" }]);
    const done = await world.agent.complete(less.id, "pm_card_visa");
    expect(done.body.status).toBe("completed");
    expect(totalOf(done.body)).toBe(totalOf(less));
  });
});

const authenticated = {
  authentication_result: {
    outcome: "authenticated",
    outcome_details: {
      three_ds_cryptogram: "AAABBEg0VhI0VniQEjRWAAAAAAA=",
      electronic_commerce_indicator: "05",
      transaction_id: "c1b2a3d4",
      version: "2.2.0",
    },
  },
};

describe("what the buyer saw is what the buyer gets", () => {
  test("stock that is gone since is told, not sold", async () => {
    await world.restock(1);
    const session = await world.ready();
    await world.restock(0);
    const { body } = await world.agent.complete(session.id, "pm_card_visa");
    expect(body).toMatchObject({ status: "not_ready_for_payment", messages: [{ code: "out_of_stock" }] });
  });

  test("a price that changed since is told, and then paid", async () => {
    await world.restock(20);
    const session = await world.ready();
    await world.restock(20, "mug-blue", 2_100);
    const before = world.intents().length;
    const told = await world.agent.complete(session.id, "pm_card_visa");
    expect(told.body).toMatchObject({ status: "ready_for_payment", messages: [{ code: "price_change" }] });
    expect(world.intents()).toHaveLength(before);
    const done = await world.agent.complete(session.id, "pm_card_visa");
    expect(done.body.status).toBe("completed");
    expect(totalOf(done.body)).toBe(totalOf(session) + 200);
  });
});

describe("a session that is over", () => {
  test("because the agent said so stays ended", async () => {
    const { id } = await world.ready();
    const intent_trace = { reason_code: "price_sensitivity", trace_summary: "Too dear." };
    const canceled = await world.agent.cancel(id, {}, { intent_trace });
    expect(canceled).toMatchObject({ status: 200, body: { status: "canceled" } });
    expect((await world.agent.cancel(id)).status).toBe(405);
    expect((await world.agent.complete(id, "pm_card_visa")).status).toBe(405);
  });

  test("because it was bought can't be canceled or changed", async () => {
    const { id } = await world.ready("brewing-guide");
    await world.agent.complete(id, "pm_card_visa");
    expect((await world.agent.cancel(id)).status).toBe(405);
    expect((await world.agent.update(id, { buyer: null })).status).toBeGreaterThanOrEqual(400);
  });

  test("because its time is up sells nothing, before a sweeper looked and after", async () => {
    const endpoint = await openEndpoint(world);
    const [one, other] = [await world.ready("brewing-guide"), await world.ready("brewing-guide")];
    const before = world.intents().length;
    world.laptop.cloud.advance(6 * 60 * 60_000);
    expect((await world.agent.read(one.id)).body.status).toBe("expired");
    const late = await world.agent.complete(one.id, "pm_card_visa");
    expect(late.body.status).toBe("expired");
    await world.laptop.cloud.sweep();
    await world.settle(() => endpoint.heard.length >= 2);
    expect((await world.agent.read(other.id)).body.status).toBe("expired");
    expect(endpoint.heard.map(({ body }) => body.subject)).toEqual(
      expect.arrayContaining([one.id, other.id]),
    );
    expect(new Set(endpoint.types())).toEqual(new Set(["checkout.expired"]));
    expect(world.intents()).toHaveLength(before);
    await endpoint.close();
  });
});
