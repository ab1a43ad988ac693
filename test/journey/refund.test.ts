import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { How, Session } from "./agent.ts";
import { openEndpoint } from "./endpoint.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
let endpoint: Awaited<ReturnType<typeof openEndpoint>>;
beforeAll(async () => {
  world = await openWorld();
  endpoint = await openEndpoint(world);
});
afterAll(async () => {
  endpoint?.hangUp();
  await world?.laptop.stop();
});
beforeEach(() => world.restock(20));

const minutes = (count: number): number => count * 60_000;
/** Two mugs at 19.00 and shipping. */
const total = 4_290;

type Shown = {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly code?: string;
  readonly detail?: string;
  readonly amountRefunded: number;
  readonly amountRefundable: number;
  readonly refunds: readonly { readonly status: string; readonly amount: number; readonly id: string }[];
};

const ask = async (path: string, body: object, key: string = randomUUID()) => {
  const response = await fetch(`${world.storeApi}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${world.shop.integrationKey}`,
      "content-type": "application/json",
      "idempotency-key": key,
    },
    body: JSON.stringify(body),
  });
  const { status, headers } = response;
  return { status, retryAfter: headers.get("retry-after"), body: (await response.json()) as Shown };
};

const refund = (id: string, body: object, key?: string) =>
  ask(`/orders/${id}/refunds`, { reason: "returned", ...body }, key);
const cancel = (id: string, key?: string) => ask(`/orders/${id}/cancel`, { reason: "out_of_stock" }, key);
const shown = (id: string) => world.store.orders.getOrder(id);
const readByAgent = async (id: string, how?: How) =>
  (await world.agent.read(id.replace("ord_", "chk_"), how)).body;
const refundedIn = ({ order }: Session) =>
  order?.totals?.find(({ type }) => type === "amount_refunded")?.amount;
const mugs = (quantity: number) => [{ productId: "mug-blue", quantity }];

const placed = async (): Promise<string> => {
  const { agent } = world;
  const session = await world.ready("mug-blue", { line_items: [{ id: "mug-blue", quantity: 2 }] });
  const { body } = await agent.complete(session.id, "pm_card_visa");
  return body.order?.id ?? "";
};

const confirmed = async (): Promise<string> => {
  const id = await placed();
  await world.settle(() => endpoint.typesOf(id).includes("order.confirmed"));
  return id;
};

const atStripe = (orderId: string) => {
  const checkout = orderId.replace("ord_", "chk_");
  const intent = world.intents().find(({ metadata }) => metadata["checkout"] === checkout);
  const refunds = world.laptop.stripe?.state.all("refund") ?? [];
  return refunds.filter(({ intentId }) => intentId === intent?.id).map(({ amount }) => amount);
};

const hears = (id: string, type: string) => world.settle(() => endpoint.typesOf(id).includes(type));

describe("a store that refunds an order", () => {
  test("whole gives back all that was paid, and everybody hears of it", async () => {
    const id = await confirmed();
    const { status, body } = await refund(id, { restock: true });
    expect({ status, body }).toMatchObject({ status: 201, body: { status: "succeeded", amount: total } });
    expect(atStripe(id)).toEqual([total]);
    expect(await world.stockOf("mug-blue")).toBe(20);
    await hears(id, "refund.succeeded");
    expect(await shown(id)).toMatchObject({
      status: "confirmed",
      amountRefunded: total,
      amountRefundable: 0,
    });
    const session = await readByAgent(id);
    expect(session).toMatchObject({ status: "completed", order: { status: "confirmed" } });
    expect(session.order?.adjustments).toMatchObject([{ type: "refund", status: "completed" }]);
    expect(refundedIn(session)).toBe(total);
  });

  test("line by line never gives back more than was paid, and says what is left", async () => {
    const id = await confirmed();
    expect((await refund(id, { lines: mugs(1) })).body).toMatchObject({ amount: 1_900, restocked: false });
    expect((await refund(id, { amount: 2_391 })).body).toMatchObject({
      code: "refund_exceeds_payment",
      detail: "23.91 EUR were asked for, 23.90 EUR of this order are left to refund.",
    });
    expect((await refund(id, { lines: mugs(2) })).status).toBe(422);
    expect((await refund(id, { lines: mugs(1), shipping: true })).body).toMatchObject({ amount: 2_390 });
    expect((await refund(id, {})).body.code).toBe("refund_exceeds_payment");
    expect(atStripe(id).reduce((sum, amount) => sum + amount)).toBe(total);
  });

  test("twice at once gives back once what is there once", async () => {
    const id = await confirmed();
    const both = await Promise.all([refund(id, { amount: 3_000 }), refund(id, { amount: 3_000 })]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(atStripe(id)).toEqual([3_000]);
  });

  test("by the same request again gets the same answer and gives nothing back again", async () => {
    const id = await confirmed();
    const key = randomUUID();
    const [first, second] = await Promise.all([
      refund(id, { amount: 100 }, key),
      refund(id, { amount: 100 }, key),
    ]);
    const answers = [first, second].filter(({ status }) => status === 201);
    for (const each of [first, second])
      if (each.status !== 201) expect(each.body.code).toBe("idempotency_in_flight");
    expect(await refund(id, { amount: 100 }, key)).toEqual(answers[0]);
    expect((await refund(id, { amount: 200 }, key)).body.code).toBe("idempotency_conflict");
    expect(atStripe(id)).toEqual([100]);
  });

  test("and gets no answer of Stripe is told later, by the order and by webhook", async () => {
    const id = await confirmed();
    const key = randomUUID();
    world.laptop.stripe?.fail({ match: "POST /v1/refunds", kind: "close", when: "after", times: 2 });
    const { status, body } = await refund(id, { amount: 100 }, key);
    expect({ status, body }).toMatchObject({ status: 202, body: { status: "requested" } });
    // Stripe's own event may tell it already: until then the money is reserved.
    expect(await shown(id)).toMatchObject({ amountRefundable: total - 100 });
    await world.pass(minutes(2));
    await hears(id, "refund.succeeded");
    expect(await refund(id, { amount: 100 }, key)).toMatchObject({
      status: 201,
      body: { status: "succeeded" },
    });
    expect(atStripe(id)).toEqual([100]);
  });

  test("that Stripe refuses to refund learns why, and may ask again", async () => {
    const id = await confirmed();
    world.laptop.stripe?.fail({ match: "POST /v1/refunds", kind: "refuse", code: "charge_disputed" });
    expect(await refund(id, { amount: 100 })).toMatchObject({
      status: 201,
      body: { status: "failed", failureCode: "charge_disputed" },
    });
    await hears(id, "refund.failed");
    expect(await shown(id)).toMatchObject({ amountRefundable: total });
  });

  test("may not do so with an agent's key, nor another store's order, nor in words of its own", async () => {
    const id = await confirmed();
    const { status } = await fetch(`${world.storeApi}/orders/${id}/refunds`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${world.shop.agentKey}`,
        "content-type": "application/json",
        "idempotency-key": randomUUID(),
      },
      body: JSON.stringify({ reason: "returned" }),
    });
    expect(status).toBe(403);
    expect((await refund(`ord_${"0".repeat(26)}`, {})).status).toBe(404);
    expect((await refund(id, { reason: "the buyer, Ada, is unhappy" })).status).toBe(422);
    expect((await refund(id, { everything: true })).status).toBe(422);
    expect(atStripe(id)).toEqual([]);
  });
});

describe("a store that cancels an order", () => {
  test("before it is fulfilled lets the money go", async () => {
    world.laptop.cloud.arm({ effect: "fail", when: "before", nth: 1, times: 99, service: "events" });
    const id = await placed();
    await world.settle();
    world.laptop.cloud.arm(undefined);
    expect(await refund(id, {})).toMatchObject({ status: 409, body: { code: "conflict" } });
    const key = randomUUID();
    const first = await cancel(id, key);
    expect(first).toMatchObject({ status: 200, body: { status: "canceling" } });
    await world.laptop.cloud.idle();
    expect(await shown(id)).toMatchObject({ status: "canceled", payment: { state: "voided" }, refunds: [] });
    expect(await cancel(id, key)).toEqual(first);
    expect(await cancel(id)).toMatchObject({
      status: 409,
      body: { detail: "The order is canceled already." },
    });
    expect(await world.stockOf("mug-blue")).toBe(20);
    await world.pass(minutes(1));
    await hears(id, "order.canceled");
  });

  test("after it was confirmed and partly refunded gives the rest back", async () => {
    const id = await confirmed();
    await refund(id, { lines: mugs(1), restock: true });
    expect((await cancel(id)).status).toBe(200);
    await hears(id, "order.canceled");
    expect(await shown(id)).toMatchObject({
      status: "canceled",
      payment: { state: "refunded" },
      amountRefunded: total,
      amountRefundable: 0,
      refunds: [{ amount: 1_900 }, { amount: 2_390, origin: "cancellation" }],
    });
    const session = await readByAgent(id);
    expect(session.order?.status).toBe("canceled");
    expect(session.order?.adjustments?.map(({ type }) => type).sort()).toEqual([
      "cancellation",
      "refund",
      "refund",
    ]);
    expect(refundedIn(session)).toBe(total);
    const old = await readByAgent(id, { headers: { "api-version": "2026-01-30" } });
    expect(old.order?.status).toBeUndefined();
    expect(old.messages).toHaveLength(3);
    expect(atStripe(id)).toEqual([1_900, 2_390]);
    expect(await world.stockOf("mug-blue")).toBe(20);
    expect(endpoint.typesOf(id)).toEqual([
      "order.placed",
      "payment.captured",
      "order.confirmed",
      "refund.succeeded",
      "order.updated",
      "refund.succeeded",
      "order.canceled",
    ]);
    const { body } = await refund(id, {});
    expect(body).toMatchObject({ code: "conflict", detail: expect.stringContaining("canceled") });
  });
});
