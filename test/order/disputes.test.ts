import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { wire } from "#functions/order/order.handler.ts";
import { savedOrder } from "#functions/order/order.store.ts";
import { moved, nextLook, times } from "#functions/order/order.ts";
import { digestsOf } from "#functions/store/policy.ts";
import { savedStore } from "#functions/store/store.store.ts";
import { days, hours, minutes } from "#functions/values/clock.ts";
import { aCaller, aRefund, aStore, now } from "#test/examples.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { aFollowedShop, type FollowedShop } from "#test/payment/followed-shop.ts";

const newPolicies = {
  ...aStore().policies,
  termsOfUse: { url: "https://tea.example/terms", version: "2026-12-01" },
};

/** Captured at Stripe by somebody, and questioned before the order was confirmed. */
const disputedBeforeConfirmed = async (captured?: (world: FollowedShop) => Promise<unknown>) => {
  const world = await aFollowedShop();
  await world.buy();
  world.bend(({ charge, amount }) => ({
    status: "succeeded",
    ...(charge && { charge: { ...charge, amountCaptured: amount } }),
  }));
  await captured?.(world);
  const dispute = world.stripe.bank.openDispute(String(world.stripe.intents()[0]?.id));
  expect(await world.follow()).toEqual({ followed: "moved", again: true });
  return { world, dispute };
};

const disputed = async () => {
  const world = await aFollowedShop();
  await world.buyAndFulfill();
  const dispute = world.stripe.bank.openDispute(String(world.stripe.intents()[0]?.id));
  await world.follow();
  return { world, dispute };
};

const pass = async (world: FollowedShop, milliseconds: number, rounds = 4) => {
  for (let round = 0; round < rounds; round += 1) {
    world.on.clock.advance(milliseconds / rounds);
    await world.shop.sweepOrders();
  }
};

describe("an order with an open dispute", () => {
  test("goes no further, and is not given back by time either", async () => {
    const { world } = await disputedBeforeConfirmed();
    await pass(world, times.giveUp + days(3));
    expect(await world.order()).toMatchObject({ status: "placed", disputes: [{ status: "open" }] });
    expect(world.events()).toEqual(["order.placed", "dispute.opened"]);
    expect(world.stripe.refunds()).toEqual([]);
  });

  test("hears of what went back before, though nobody could write the capture down", async () => {
    const { world } = await disputedBeforeConfirmed((each) => each.refundAtDashboard(500));
    const [refund] = world.stripe.refunds();
    expect(await world.follow()).toEqual({ followed: "moved" });
    expect(await world.order()).toMatchObject({
      status: "placed",
      refunds: [{ amount: 500, origin: "stripe", stripeRefundId: refund?.id }],
    });
    expect(world.events()).toEqual(["order.placed", "dispute.opened", "refund.succeeded"]);
    expect(await world.follow()).toEqual({ followed: "nothing" });
  });

  test.each([
    ["won", "confirmed", "captured"],
    ["lost", "canceled", "refunded"],
  ] as const)("keeps what went back before when it is %s, and then %s", async (decision, status, state) => {
    const { world, dispute } = await disputedBeforeConfirmed((each) => each.refundAtDashboard(500));
    await world.follow();
    world.stripe.bank.closeDispute(dispute, decision);
    await world.follow();
    if (decision === "lost") await world.cancel();
    await pass(world, minutes(4));
    expect(await world.order()).toMatchObject({ status, payment: { state }, refunds: [{ amount: 500 }] });
    expect(await world.follow()).toEqual({ followed: "nothing" });
    expect(world.stripe.refunds()).toHaveLength(1);
  });

  test("is given no run while the bank thinks, and looked at once a day", async () => {
    const { world } = await disputedBeforeConfirmed();
    const epoch = (await world.order())?.epoch;
    await pass(world, minutes(4));
    const order = await world.order();
    expect(order && nextLook(order)).toBe((order?.watchedAt ?? 0) + times.watch);
    expect(await world.shop.sweepOrders()).toBe(0);
    await pass(world, days(1), 1);
    expect(await world.order()).toMatchObject({ epoch, watchedAt: world.on.now() });
  });

  test("goes on once the store has won", async () => {
    const { world, dispute } = await disputedBeforeConfirmed();
    await pass(world, days(2));
    world.stripe.bank.closeDispute(dispute, "won");
    await world.follow();
    await pass(world, minutes(4));
    expect(await world.order()).toMatchObject({ status: "confirmed", payment: { state: "captured" } });
  });

  test("is never shipped once the bank has taken its money", async () => {
    const { world, dispute } = await disputedBeforeConfirmed();
    world.stripe.bank.closeDispute(dispute, "lost");
    await world.follow();
    await pass(world, days(2));
    expect(await world.order()).toMatchObject({ status: "placed", disputes: [{ status: "lost" }] });
  });

  const runThatCaptured = async () => {
    const world = await aFollowedShop();
    await world.buy();
    const { storeId, checkoutId, orderId } = world.ids;
    const step = { storeId, checkoutId, orderId, attempt: 1, epoch: 1 };
    expect(await world.shop.steps["fulfillment/submit-order"]?.(world.ids)).toMatchObject({
      outcome: "done",
    });
    expect(await world.shop.steps["payment/capture-payment"]?.(step)).toMatchObject({ outcome: "done" });
    return { world, confirm: () => world.shop.steps["order/confirm-order"]?.(step) };
  };

  test.each(["open", "lost"] as const)(
    "that is first seen while a run is at it is not confirmed by that run (%s)",
    async (status) => {
      const { world, confirm } = await runThatCaptured();
      const dispute = world.stripe.bank.openDispute(String(world.stripe.intents()[0]?.id));
      if (status === "lost") world.stripe.bank.closeDispute(dispute, "lost");
      await world.follow();
      expect(await world.order()).toMatchObject({ disputes: [{ status }] });
      expect(await confirm()).toMatchObject({ outcome: "held", reason: "disputed" });
    },
  );

  test("is not what a run confirms of whose order all was given back meanwhile", async () => {
    const { world, confirm } = await runThatCaptured();
    const placed = await world.order();
    if (!placed) throw new Error("no order");
    const given = moved(placed, "placed", world.on.now(), { refunds: [aRefund({ amount: 2_390 })] });
    await world.on.table.commit([savedOrder(placed, given)]);
    expect(await confirm()).toMatchObject({ outcome: "refused", reason: "payment_incomplete" });
    expect(await world.order()).toMatchObject({ status: "placed", refunds: [{ amount: 2_390 }] });
  });
});

describe("an order whose dispute is opened again", () => {
  test("waits for the bank once more, though it was won", async () => {
    const { world, dispute } = await disputedBeforeConfirmed();
    world.stripe.bank.closeDispute(dispute, "won");
    await world.follow();
    world.stripe.bank.reopenDispute(dispute);
    await world.follow();
    await pass(world, times.giveUp + days(1));
    expect(await world.order()).toMatchObject({ status: "placed", disputes: [{ status: "open" }] });
    world.stripe.bank.closeDispute(dispute, "won");
    await world.follow();
    await pass(world, minutes(4));
    expect(await world.order()).toMatchObject({ status: "confirmed", disputes: [{ status: "won" }] });
  });

  test("is told so once it was canceled, and stays canceled", async () => {
    const { world, dispute } = await disputed();
    world.stripe.bank.closeDispute(dispute, "lost");
    await world.follow();
    await world.cancel();
    await world.sweep();
    expect(await world.order()).toMatchObject({ status: "canceled", disputes: [{ status: "lost" }] });
    world.stripe.bank.reopenDispute(dispute);
    expect(await world.follow()).toEqual({ followed: "moved" });
    const order = await world.order();
    expect(order).toMatchObject({ status: "canceled", disputes: [{ status: "open" }] });
    expect(world.events().filter((type) => type === "dispute.opened")).toHaveLength(2);
    expect(order && nextLook(order)).toBe((order?.disputes[0]?.evidenceDueBy ?? 0) - times.evidenceWarning);
    await pass(world, days(3));
    expect((await world.order())?.status).toBe("canceled");
    expect(world.stripe.refunds()).toEqual([]);
  });
});

describe("the evidence's deadline", () => {
  test("is told once a day from a day before it until the dispute is answered", async () => {
    const { world } = await disputed();
    const due = (await world.order())?.disputes[0]?.evidenceDueBy ?? 0;
    expect(due).toBeGreaterThan(world.on.now());
    expect(nextLook((await world.order()) ?? (undefined as never))).toBe(due - hours(24));
    world.on.clock.set(due - hours(24) - 1);
    await world.shop.sweepOrders();
    expect(world.on.counted).toEqual([]);
    world.on.clock.set(due - hours(24));
    await pass(world, minutes(4));
    expect(world.on.counted).toEqual(["EvidenceDue"]);
    await pass(world, days(1));
    expect(world.on.counted).toEqual(["EvidenceDue", "EvidenceDue"]);
  });

  test("is told anew of a dispute that is opened again", async () => {
    const { world, dispute } = await disputed();
    const dueBy = async () => (await world.order())?.disputes[0]?.evidenceDueBy ?? 0;
    world.on.clock.set((await dueBy()) - hours(1));
    await world.shop.sweepOrders();
    world.stripe.bank.closeDispute(dispute, "lost");
    await world.follow();
    world.stripe.bank.reopenDispute(dispute);
    const seen = world.stripe.state.get("dispute", dispute);
    const soon = world.on.now() + hours(2);
    if (seen) world.stripe.state.put("dispute", { ...seen, dueBy: soon / 1_000 });
    await world.follow();
    expect(await dueBy()).toBe(soon);
    await world.shop.sweepOrders();
    expect(world.on.counted).toEqual(["EvidenceDue", "EvidenceDue"]);
  });

  test("is over with the dispute", async () => {
    const { world, dispute } = await disputed();
    world.stripe.bank.closeDispute(dispute, "won");
    await world.follow();
    expect(nextLook((await world.order()) ?? (undefined as never))).toBeUndefined();
  });
});

describe("the end of an authorization", () => {
  const told = (world: FollowedShop) => world.on.counted.filter((name) => name === "AuthorizationExpiring");

  test.each([
    ["a day before it", 0, ["AuthorizationExpiring"]],
    ["and not earlier", -1, []],
  ])("is told %s, before another run is tried", async (_, shift, expected) => {
    const world = await aFollowedShop();
    await world.buy();
    const placed = await world.order();
    if (!placed) throw new Error("no order");
    const soon = world.on.now() + minutes(2);
    const payment = { ...placed.payment, captureBefore: soon + hours(24) };
    await world.on.table.commit([savedOrder(placed, moved(placed, "placed", world.on.now(), { payment }))]);
    world.on.clock.set(soon + shift);
    expect(await world.shop.sweepOrders()).toBe(1);
    expect(told(world)).toEqual(expected);
    expect(await world.order()).toMatchObject({ status: "confirmed" });
  });

  test("is told to the minute of an order that waits for a bank, and once a day from then on", async () => {
    const { world } = await disputedBeforeConfirmed();
    await pass(world, hours(30));
    const first = ((await world.order())?.payment.captureBefore ?? 0) - hours(24);
    expect(first).toBeGreaterThan(world.on.now());
    while (world.on.now() < first - hours(1)) await pass(world, hours(1), 1);
    world.on.clock.set(first - 1);
    await world.shop.sweepOrders();
    expect(told(world)).toEqual([]);
    world.on.clock.advance(1);
    await world.shop.sweepOrders();
    await pass(world, minutes(4));
    expect(told(world)).toHaveLength(1);
    await pass(world, days(1));
    expect(told(world)).toHaveLength(2);
    expect(await world.order()).toMatchObject({ status: "placed", payment: { state: "authorized" } });
  });
});

describe("the evidence", () => {
  const read = async (world: FollowedShop, scopes: ("orders:read" | "customers:read")[]) => {
    const handler = wire(world.process);
    const path = `/orders/${world.ids.orderId}/disputes`;
    return callApi(handler, { path, caller: aCaller({ scopes }) });
  };

  test("is what was agreed, with whom and when, and what is delivered", async () => {
    const { world, dispute } = await disputed();
    const answer = await read(world, ["orders:read"]);
    const at = new Date(now).toISOString();
    expect(answer).toMatchObject({
      statusCode: 200,
      body: {
        orderId: world.ids.orderId,
        status: "confirmed",
        frozen: true,
        disputes: [{ id: dispute, status: "open", kind: "chargeback", amount: 2_390 }],
        evidence: {
          terms: { ...digestsOf(aStore().policies), acceptedAt: at },
          consent: {
            sessionCreatedAt: at,
            quote: { version: 1, total: 2_390, currency: "eur" },
            request: {
              at,
              principalId: aCaller().principalId,
              keyId: aCaller().keyId,
              protocol: "acp",
              apiVersion: "2026-04-17",
              tokenKind: "pm",
              amount: 2_390,
            },
            orderPlacedAt: at,
          },
          delivery: { optionId: "standard", option: "Standard", confirmedAt: at },
        },
      },
    });
    expect(answer.text).not.toContain("canary");
  });

  test("names the terms of when the buyer's agent said yes, whatever they are once the order is placed", async () => {
    const world = await aFollowedShop();
    world.stripe.fail({ match: "POST /v1/payment_intents", when: "after", kind: "timeout" });
    await world.buy();
    const store = aStore();
    await world.on.table.commit([savedStore(store, { ...store, policies: newPolicies })]);
    world.on.clock.advance(minutes(10));
    await world.shop.sweepCheckouts();
    expect(await world.order()).toMatchObject({
      terms: { ...digestsOf(store.policies), at: now },
      createdAt: now + minutes(10),
    });
  });

  test("says whether the order may be shipped, which it may not once the bank has taken its money", async () => {
    const { world, dispute } = await disputed();
    const frozen = async () => (await read(world, ["orders:read"])).body;
    world.stripe.bank.closeDispute(dispute, "lost");
    await world.follow();
    expect(await frozen()).toMatchObject({ status: "confirmed", frozen: true });
    world.stripe.bank.closeDispute(dispute, "won");
    await world.follow();
    expect(await frozen()).toMatchObject({ frozen: false });
  });

  test("names the buyer only to a key that may read customers", async () => {
    const { world } = await disputed();
    const { body } = await read(world, ["orders:read", "customers:read"]);
    expect(body).toMatchObject({
      evidence: {
        contact: { buyer: { email: "ada@canary.example" }, delivery: { address: { city: "Berlin" } } },
      },
    });
    expect(await read(world, ["orders:read"])).toMatchObject({
      body: { evidence: { contact: { buyer: { email: "a***@***", firstName: "A***" } } } },
    });
    expect((await read(world, ["customers:read"])).statusCode).toBe(403);
  });

  test("of another store's order is not there", async () => {
    const { world } = await disputed();
    const caller = aCaller({ storeId: `store_${"0".repeat(26)}`, scopes: ["orders:read"] });
    const path = `/orders/${world.ids.orderId}/disputes`;
    expect((await callApi(wire(world.process), { path, caller })).statusCode).toBe(404);
  });
});

describe("an order that an agent bought has the rights of any other", () => {
  const folder = join(import.meta.dirname, "../../functions/order");
  /** What decides of states, refunds and disputes; the rest renders, or copies the channel on. */
  const deciding = readdirSync(folder).filter(
    (name) => !/^(order|order-view|evidence|place-order)\.ts$/.test(name),
  );

  test.each(deciding)("%s does not ask how it was bought", (name) => {
    expect(readFileSync(join(folder, name), "utf8")).not.toMatch(/\bchannel\b/);
  });

  test("nor does the table of moves: order.ts only keeps it", () => {
    const text = readFileSync(join(folder, "order.ts"), "utf8");
    expect(text.match(/\bchannel\b/g)).toHaveLength(1);
    expect(deciding.length).toBeGreaterThan(20);
  });
});
