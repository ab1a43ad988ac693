import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { orderKey } from "#functions/order/order.store.ts";
import { refundableOf, times } from "#functions/order/order.ts";
import { refundedOf, refundingOf } from "#functions/order/refund.ts";
import { StripeMisconfigured } from "#functions/payment/stripe-response.ts";
import { days, hours, minutes } from "#functions/values/clock.ts";
import { effort, seed } from "#test/effort.ts";
import { storeId } from "#test/examples.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { aWorld, mugs, total, type World } from "./world.ts";

const placedAndConfirmed = ["order.placed", "payment.captured", "order.confirmed"];
const died = { match: "POST /v1/refunds", kind: "timeout", times: 1 } as const;

/** Writes to the order's row as somebody else's operation would. */
const change = async ({ on, order }: World, changes: object) => {
  const before = await order();
  const key = orderKey(storeId, before.id);
  await on.table.commit([
    { table: "commerce", key, change: { set: { ...changes, revision: before.revision + 1 } } },
  ]);
};

describe("a refund", () => {
  test("of everything gives all of it back, tells so, and restocks nothing unless told", async () => {
    const world = await aWorld();
    const { status, body } = await world.refund();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: "succeeded",
      amount: total,
      currency: "eur",
      lines: [{ productId: "mug-blue", quantity: 3, amount: 5_700 }],
      shipping: true,
      restocked: false,
    });
    expect(world.atStripe()).toEqual([total]);
    expect(await world.stock()).toBe(7);
    expect(world.events()).toEqual([...placedAndConfirmed, "refund.succeeded"]);
    expect(await world.order()).toMatchObject({ status: "confirmed", payment: { state: "captured" } });
  });

  test("by line is for those pieces, and puts them back where told", async () => {
    const world = await aWorld();
    expect((await world.refund({ lines: mugs(2), restock: true })).body).toMatchObject({
      amount: 3_800,
      restocked: true,
      shipping: false,
    });
    expect(await world.stock()).toBe(9);
    expect((await world.refund({ lines: mugs(1), shipping: true })).body).toMatchObject({ amount: 2_390 });
    expect(await world.stock()).toBe(9);
    expect(refundableOf(await world.order())).toBe(0);
    await expect(world.refund({ amount: 1 })).rejects.toMatchObject({ code: "refund_exceeds_payment" });
  });

  test("below the smallest charge is made all the same", async () => {
    const world = await aWorld();
    expect((await world.refund({ amount: 1 })).body).toMatchObject({ status: "succeeded", amount: 1 });
  });

  test("sent again is the same refund with the same answer, even once its record is gone", async () => {
    const world = await aWorld();
    const first = await world.refund({ amount: 100 }, "key");
    const again = { ...first, headers: { "idempotent-replayed": "true" } };
    expect(await world.refund({ amount: 100 }, "key")).toEqual(again);
    world.on.clock.advance(days(60));
    expect(await world.refund({ amount: 100 }, "key")).toEqual(again);
    for (const later of [0, days(60)]) {
      world.on.clock.advance(later);
      await expect(world.refund({ amount: 200 }, "key")).rejects.toMatchObject({
        code: "idempotency_conflict",
      });
    }
    expect(world.atStripe()).toEqual([100]);
  });

  test("that Stripe refuses is failed, reserves nothing any more and restocks nothing", async () => {
    const world = await aWorld();
    world.stripe.fail({ match: "POST /v1/refunds", kind: "refuse", code: "charge_disputed" });
    const { status, body } = await world.refund({ lines: mugs(1), restock: true });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: "failed", failureCode: "charge_disputed", restocked: false });
    expect(refundableOf(await world.order())).toBe(total);
    expect(await world.stock()).toBe(7);
    expect(world.events()).toEqual([...placedAndConfirmed, "refund.failed"]);
    expect((await world.refund({ lines: mugs(1), restock: true })).body).toMatchObject({ amount: 1_900 });
    expect(await world.stock()).toBe(8);
  });

  test("begins at most a hundred times an order", async () => {
    const world = await aWorld();
    for (let count = 0; count < 100; count += 1) await world.refund({ amount: 1 });
    await expect(world.refund({ amount: 1 })).rejects.toMatchObject({ code: "limit_exceeded" });
  });
});

describe("two refunds at once", () => {
  test("never exceed the capture", async () => {
    const world = await aWorld();
    const both = await Promise.allSettled([world.refund({ amount: 4_000 }), world.refund({ amount: 4_000 })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "refund_exceeds_payment" },
    });
    expect(world.atStripe()).toEqual([4_000]);
  });

  test("are both made where the money suffices, each once", async () => {
    const world = await aWorld();
    const asked = Array.from({ length: 4 }, () => world.refund({ lines: mugs(1), restock: true }));
    const answers = await Promise.allSettled(asked);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    expect(world.atStripe()).toEqual([1_900, 1_900, 1_900]);
    expect(await world.stock()).toBe(10);
  });

  test("of one key are one", async () => {
    const world = await aWorld();
    const both = await Promise.allSettled([
      world.refund({ amount: 100 }, "key"),
      world.refund({ amount: 100 }, "key"),
    ]);
    for (const answer of both)
      if (answer.status === "rejected")
        expect(answer.reason).toMatchObject({ code: "idempotency_in_flight" });
    expect(world.atStripe()).toEqual([100]);
  });
});

test("whatever is asked for at once, and whatever Stripe does, no more goes back than was paid, and the books agree", async () => {
  const asked = fc.oneof(
    fc.record({ amount: fc.integer({ min: 1, max: total }) }),
    fc.record({ lines: fc.integer({ min: 1, max: 3 }).map(mugs), restock: fc.boolean() }),
    fc.record({ shipping: fc.constant(true as const) }),
  );
  const fault = fc.record({
    match: fc.constant("POST /v1/refunds"),
    kind: fc.constantFrom("timeout" as const, "500" as const, "close" as const),
    when: fc.constantFrom("before" as const, "after" as const),
    times: fc.constant(1),
  });
  const rounds = fc.array(
    fc.record({
      bodies: fc.array(asked, { minLength: 1, maxLength: 4 }),
      faults: fc.array(fault, { maxLength: 2 }),
    }),
    { maxLength: 4 },
  );
  // The hourly looks meet all eight faults one by one; a 500 as the last of them stays under its key for a day.
  const settledWithin = 8 + 24 + 1;
  await fc.assert(
    fc.asyncProperty(rounds, async (all) => {
      const world = await aWorld();
      for (const { bodies, faults } of all) {
        for (const each of faults) world.stripe.fail(each);
        await Promise.allSettled(bodies.map((body) => world.refund(body)));
        await world.pass();
      }
      const open = async () => refundingOf((await world.order()).refunds) > 0;
      for (let hour = 0; hour < settledWithin && (await open()); hour += 1) await world.pass(hours(1));
      const { refunds } = await world.order();
      const back = world.atStripe().reduce((sum, amount) => sum + amount, 0);
      expect(back).toBeLessThanOrEqual(total);
      expect(refundedOf(refunds)).toBe(back);
      expect(refundingOf(refunds)).toBe(0);
      expect(world.stripe.refunds()).toHaveLength(refunds.length);
    }),
    { numRuns: effort(2_000), seed: seed(5) },
  );
});

describe("a refund whose outcome is unknown", () => {
  test("is answered as requested, keeps its money reserved, and is settled by the sweeper once", async () => {
    const world = await aWorld();
    world.stripe.fail({ ...died, when: "after" });
    const { status, body } = await world.refund({ lines: mugs(1), restock: true }, "key");
    expect({ status, body }).toMatchObject({ status: 202, body: { status: "requested", restocked: false } });
    expect(refundableOf(await world.order())).toBe(total - 1_900);
    expect(await world.stock()).toBe(7);
    await world.pass();
    await world.pass();
    expect(world.atStripe()).toEqual([1_900]);
    expect(await world.stock()).toBe(8);
    expect(world.events()).toEqual([...placedAndConfirmed, "refund.succeeded"]);
    expect(await world.refund({ lines: mugs(1), restock: true }, "key")).toMatchObject({
      status: 201,
      body: { status: "succeeded", restocked: true },
    });
  });

  test("is taken up again by the same request", async () => {
    const world = await aWorld();
    world.stripe.fail(died);
    await world.refund({ amount: 100 }, "key");
    await expect(world.refund({ amount: 100 }, "key")).rejects.toMatchObject({
      code: "idempotency_in_flight",
    });
    world.on.clock.advance(times.refund);
    expect(await world.refund({ amount: 100 }, "key")).toMatchObject({
      status: 201,
      body: { status: "succeeded" },
    });
    expect(world.atStripe()).toEqual([100]);
  });

  test("is found at Stripe where the key only repeats a fault", async () => {
    const world = await aWorld();
    world.stripe.fail({ match: "POST /v1/refunds", kind: "500", when: "after", times: 1 });
    expect((await world.refund({ amount: 100 })).status).toBe(202);
    await world.pass();
    expect((await world.order()).refunds).toMatchObject([{ status: "succeeded" }]);
    expect(world.atStripe()).toEqual([100]);
  });

  test("is made a day later where the key repeated a fault and Stripe had done nothing", async () => {
    const world = await aWorld();
    world.stripe.fail({ match: "POST /v1/refunds", kind: "500", times: 1 });
    await world.refund({ amount: 100 });
    for (let hour = 0; hour < 23; hour += 1) await world.pass(hours(1));
    expect(world.atStripe()).toEqual([]);
    for (let hour = 0; hour < 2; hour += 1) await world.pass(hours(1));
    expect((await world.order()).refunds).toMatchObject([{ status: "succeeded" }]);
    expect(world.atStripe()).toEqual([100]);
  });

  test("is not made a second time though Stripe has forgotten its key meanwhile", async () => {
    const world = await aWorld();
    world.stripe.fail({ ...died, when: "after" });
    await world.refund({ amount: 100 });
    await world.pass(hours(30));
    expect((await world.order()).refunds).toMatchObject([{ status: "succeeded" }]);
    expect(world.atStripe()).toEqual([100]);
  });

  test("is never settled with one of another amount under its number, and fails once its key says no more", async () => {
    const world = await aWorld();
    const { checkoutId, payment } = await world.order();
    const forgotten = {
      paymentIntentId: payment.paymentIntentId ?? "",
      amount: 700,
      metadata: { store: storeId, checkout: checkoutId, refund: "1" },
    };
    await world.stripe.refundPaymentIntent({ livemode: false }, forgotten, `${world.orderId}:refund:1`);
    expect(await world.refund({ amount: 100 })).toMatchObject({ status: 202 });
    await world.pass(minutes(11));
    expect((await world.order()).refunds).toMatchObject([{ status: "requested", amount: 100 }]);
    expect(world.on.counted).toContain("MoneyHeld");
    await world.pass(days(1));
    expect((await world.order()).refunds).toMatchObject([
      { status: "failed", failureCode: "refund_number_taken" },
    ]);
    expect(world.atStripe()).toEqual([700]);
  });

  test("and that another try finds refused has failed only once no earlier try can arrive", async () => {
    const world = await aWorld();
    world.stripe.fail(died);
    await world.refund({ amount: 100 });
    world.stripe.fail({ match: "POST /v1/refunds", kind: "refuse", code: "charge_disputed", times: 99 });
    await world.pass();
    expect((await world.order()).refunds).toMatchObject([{ status: "requested" }]);
    await world.pass(minutes(10));
    expect((await world.order()).refunds).toMatchObject([{ status: "failed" }]);
  });

  test("is made after all once a Stripe that was away for a day is back, and somebody was woken", async () => {
    const world = await aWorld();
    world.stripe.fail({ match: "/v1/refunds", kind: "timeout", times: 31 });
    await world.refund({ amount: 100 });
    for (let hour = 0; hour < 30; hour += 1) await world.pass(hours(1));
    expect(world.on.counted).toContain("MoneyHeld");
    expect(await world.order()).toMatchObject({ refunds: [{ status: "requested" }] });
    await world.pass();
    expect(await world.order()).toMatchObject({ refunds: [{ status: "succeeded" }] });
    expect(world.atStripe()).toEqual([100]);
  });
});

describe("a refund that nobody can ask Stripe for", () => {
  test("wakes somebody after ten minutes, as one that Stripe does not answer for does", async () => {
    const world = await aWorld();
    world.stripe.fail(died);
    await world.refund({ amount: 100 });
    const misconfigured = () => Promise.reject(new StripeMisconfigured("Stripe answered 401"));
    const keyless = shopOn({
      ...world.healthy,
      stripe: { ...world.healthy.stripe, refundPaymentIntent: misconfigured },
    });
    world.on.clock.advance(times.refundWarning - 1);
    await keyless.sweepOrders();
    expect(world.on.counted).toEqual([]);
    world.on.clock.advance(1);
    await keyless.sweepOrders();
    expect(world.on.counted).toEqual(["MoneyHeld"]);
    expect(await world.order()).toMatchObject({ refunds: [{ status: "requested" }] });
    await world.pass();
    expect(world.atStripe()).toEqual([100]);
  });
});

describe("a refund that a bank takes its time with", () => {
  test("is looked up every six hours, puts its pieces back once and is told when it arrives", async () => {
    const world = await aWorld({ token: "pm_card_pendingRefund" });
    const { status, body } = await world.refund({ lines: mugs(1), restock: true });
    expect({ status, body }).toMatchObject({ status: 201, body: { status: "pending", restocked: true } });
    expect(refundableOf(await world.order())).toBe(total - 1_900);
    await world.pass(times.pendingRefund - 1);
    expect((await world.order()).refunds).toMatchObject([{ status: "pending" }]);
    await world.pass(1);
    expect((await world.order()).refunds).toMatchObject([{ status: "succeeded" }]);
    expect(await world.stock()).toBe(8);
    expect(world.events()).toEqual([...placedAndConfirmed, "order.updated", "refund.succeeded"]);
  });

  test("and that is still on its way then is left alone for another six hours", async () => {
    const world = await aWorld({ token: "pm_card_pendingRefund" });
    await world.refund({ amount: 100 });
    let looks = 0;
    const refund = { id: "re_1", status: "pending", amount: 100, currency: "eur" } as const;
    const still = { ...refund, paymentIntentId: "pi_1", metadata: {}, created: 0 };
    const retrieveRefund = async () => {
      looks += 1;
      return { outcome: "answered", refund: still } as const;
    };
    const shop = shopOn({ ...world.healthy, stripe: { ...world.stripe, retrieveRefund } });
    for (let hour = 0; hour < 13; hour += 1) {
      world.on.clock.advance(hours(1));
      await shop.sweepOrders();
    }
    expect(looks).toBe(2);
    await world.pass(hours(6));
    expect((await world.order()).refunds).toMatchObject([{ status: "succeeded" }]);
  });

  test("and sends back after it was told leaves the money free, and wakes somebody", async () => {
    const world = await aWorld({ token: "pm_card_refundFail" });
    await world.refund({ lines: mugs(1), restock: true });
    expect((await world.order()).refunds).toMatchObject([{ status: "succeeded" }]);
    world.on.clock.advance(hours(1));
    expect(await world.settle(1)).toMatchObject({
      status: "failed",
      failureCode: "expired_or_canceled_card",
    });
    expect(await world.settle(1)).toMatchObject({ status: "failed" });
    expect(refundableOf(await world.order())).toBe(total);
    expect(await world.stock()).toBe(8);
    expect(world.on.counted).toEqual(["RefundFailed"]);
    expect(world.events()).toEqual([...placedAndConfirmed, "refund.succeeded", "refund.failed"]);
  });
});

test("pieces that came back for a refund that then failed come back no second time when it is asked for again", async () => {
  const world = await aWorld({ token: "pm_card_refundFail" });
  for (const number of [1, 2, 3]) {
    await world.refund({ lines: mugs(1), restock: true });
    expect(await world.stock()).toBe(8);
    world.on.clock.advance(hours(1));
    expect(await world.settle(number)).toMatchObject({ status: "failed" });
  }
  await world.refund({ lines: mugs(2), restock: true });
  expect(await world.stock()).toBe(9);
});

describe("an order that nothing can be refunded of", () => {
  test.each([
    ["is not captured yet", false, {}, "conflict"],
    ["is being canceled", true, { status: "canceling" }, "conflict"],
    ["is canceled", true, { status: "canceled" }, "conflict"],
    ["was free", true, { payment: { state: "not_required", amount: 0, attempt: 0 } }, "conflict"],
  ] as const)("%s: the answer says what to do", async (_, fulfilled, changes, code) => {
    const world = await aWorld({ fulfilled });
    await change(world, changes);
    await expect(world.refund()).rejects.toMatchObject({ code });
    expect((await world.order()).refunds).toEqual([]);
  });

  test.each([
    ["chargeback", "open", false],
    ["chargeback", "lost", true],
    ["chargeback", "won", true],
    ["inquiry", "open", true],
  ] as const)("is disputed: %s %s", async (kind, status, allowed) => {
    const world = await aWorld();
    const dispute = { id: "du_1", kind, status, amount: 100, reason: "fraudulent", openedAt: 0 };
    await change(world, { disputes: [dispute] });
    const refund = world.refund({ amount: 100 });
    if (allowed) expect((await refund).status).toBe(201);
    else await expect(refund).rejects.toMatchObject({ code: "order_disputed" });
  });
});

test("no order with an open refund is ever without a time at which somebody looks", async () => {
  const world = await aWorld();
  world.stripe.fail(died);
  await world.refund({ amount: 100 });
  const dueAt = async () =>
    (await world.on.table.get("commerce", orderKey(storeId, world.orderId)))?.["dueAt"];
  expect(await dueAt()).toBe(world.on.now() + times.refund);
  world.on.clock.advance(minutes(1));
  expect(await world.refund({ amount: 100 })).toMatchObject({ status: 201 });
  expect(await dueAt()).toBe(world.on.now());
});
