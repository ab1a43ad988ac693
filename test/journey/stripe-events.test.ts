import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEndpoint } from "./endpoint.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.laptop.stop());

/** A confirmed order of one download, its PaymentIntent, and an endpoint that hears what becomes of it. */
const confirmed = async () => {
  const { id: session } = await world.ready("brewing-guide");
  const { body } = await world.agent.complete(session, "pm_card_visa");
  const id = body.order?.id ?? "";
  await world.settle();
  const endpoint = await openEndpoint(world);
  const order = await world.store.orders.getOrder(id);
  expect(order.status).toBe("confirmed");
  return { id, endpoint, paymentIntent: order.payment.paymentIntentId ?? "" };
};

const bank = () => {
  const { stripe } = world.laptop;
  if (!stripe) throw new Error("this story needs the embedded Stripe");
  return stripe.bank;
};

const refundAtDashboard = async (paymentIntent: string, amount: number): Promise<void> => {
  const answer = await fetch(`${world.laptop.stripeUrl}/v1/refunds`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.laptop.stripeKey}`, "idempotency-key": `dashboard ${amount}` },
    body: new URLSearchParams({ payment_intent: paymentIntent, amount: String(amount) }),
  });
  expect(answer.status).toBe(200);
};

describe("what happens at Stripe", () => {
  test("a refund in its dashboard shows in the order, and the integrations hear of it", async () => {
    const { id, endpoint, paymentIntent } = await confirmed();
    await refundAtDashboard(paymentIntent, 300);
    await world.settle(() => endpoint.heard.length === 1);
    expect(endpoint.typesOf(id)).toEqual(["refund.succeeded"]);
    expect(await world.store.orders.getOrder(id)).toMatchObject({
      amountRefunded: 300,
      refunds: [{ amount: 300, status: "succeeded" }],
    });
    await endpoint.close();
    // Every function is started for the first time.
  }, 120_000);

  test("a dispute freezes the order until the bank has decided, with the evidence at hand", async () => {
    const { id, endpoint, paymentIntent } = await confirmed();
    const dispute = bank().openDispute(paymentIntent, { reason: "product_not_received" });
    await world.settle(() => endpoint.heard.length === 1);
    const seen = () => world.store.orders.getOrderDisputes(id);
    expect(await seen()).toMatchObject({
      frozen: true,
      disputes: [{ id: dispute, status: "open", kind: "chargeback", reason: "product_not_received" }],
      evidence: {
        terms: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        consent: { request: { principalId: world.shop.agentId, tokenKind: "pm", protocol: "acp" } },
        delivery: { pieces: [{ quantity: 1, digital: true }] },
      },
    });
    bank().closeDispute(dispute, "won");
    await world.settle(() => endpoint.heard.length === 2);
    expect(endpoint.typesOf(id)).toEqual(["dispute.opened", "dispute.closed"]);
    expect(await seen()).toMatchObject({ frozen: false, disputes: [{ status: "won" }] });
    await endpoint.close();
  });

  test("is heard of by Stripe's signature alone", async () => {
    const answer = await fetch(`${world.storeApi}/stripe/events`, {
      method: "POST",
      headers: { "content-type": "application/json", "stripe-signature": `t=1,v1=${"0".repeat(64)}` },
      body: JSON.stringify({ id: "evt_forged", type: "charge.refunded" }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "signature_invalid" });
  });
});
