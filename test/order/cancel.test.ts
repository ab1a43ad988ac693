import { describe, expect, test } from "vitest";
import { orderKey } from "#functions/order/order.store.ts";
import { refundedOf } from "#functions/order/refund.ts";
import { days, hours, minutes } from "#functions/values/clock.ts";
import { aDispute, storeId } from "#test/examples.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { mortal } from "#test/fakes/mortal.ts";
import { aWorld, mugs, total, type World } from "./world.ts";

const change = async ({ on, order }: World, changes: object) => {
  const before = await order();
  const key = orderKey(storeId, before.id);
  const set = { ...changes, revision: before.revision + 1 };
  await on.table.commit([{ table: "commerce", key, change: { set } }]);
};

const confirmed = ["order.placed", "payment.captured", "order.confirmed"];

describe("an order that its store cancels", () => {
  test("before it is fulfilled costs the buyer nothing: the hold is let go, the stock is back", async () => {
    const world = await aWorld({ fulfilled: false });
    expect(await world.cancel()).toMatchObject({ status: 200, body: { status: "canceling" } });
    expect(await world.order()).toMatchObject({
      status: "canceled",
      cancelReason: "out_of_stock",
      payment: { state: "voided" },
      refunds: [],
    });
    expect(world.stripe.intents()).toMatchObject([{ status: "canceled" }]);
    expect(await world.stock()).toBe(10);
    expect(world.events()).toEqual(["order.placed", "order.updated", "order.canceled"]);
  });

  test("after it was confirmed gives all of it back, as a refund of its own", async () => {
    const world = await aWorld();
    await world.cancel();
    expect(await world.order()).toMatchObject({
      status: "canceled",
      payment: { state: "refunded" },
      refunds: [
        {
          number: 1,
          origin: "cancellation",
          status: "succeeded",
          amount: total,
          shipping: true,
          restock: true,
        },
      ],
    });
    expect(world.atStripe()).toEqual([total]);
    expect(await world.stock()).toBe(10);
    expect(world.events()).toEqual([...confirmed, "order.updated", "refund.succeeded", "order.canceled"]);
  });

  test("after a part was refunded gives the rest back, and each piece into stock once", async () => {
    const world = await aWorld();
    await world.refund({ lines: mugs(1), restock: true });
    await world.refund({ lines: mugs(1), shipping: true });
    await world.cancel();
    const { refunds } = await world.order();
    expect(refunds.map(({ amount, origin }) => [amount, origin])).toEqual([
      [1_900, "store"],
      [2_390, "store"],
      [1_900, "cancellation"],
    ]);
    expect(world.atStripe().reduce((sum, amount) => sum + amount)).toBe(total);
    expect(await world.stock()).toBe(10);
  });

  test("after all was refunded gives nothing twice", async () => {
    const world = await aWorld();
    await world.refund({ restock: true });
    await world.cancel();
    expect(await world.order()).toMatchObject({ status: "canceled", payment: { state: "refunded" } });
    expect((await world.order()).refunds).toHaveLength(1);
    expect(world.atStripe()).toEqual([total]);
    expect(await world.stock()).toBe(10);
  });

  test.each(["before", "after"] as const)(
    "counts what somebody gave back at Stripe once, told %s the cancellation",
    async (told) => {
      const world = await aWorld();
      const paymentIntentId = (await world.order()).payment.paymentIntentId ?? "";
      const account = { livemode: false };
      const byHand = { paymentIntentId, amount: 1_000, metadata: {} };
      await world.stripe.refundPaymentIntent(account, byHand, "by hand");
      const tell = async () => {
        const seen = await world.stripe.retrievePaymentIntent(account, paymentIntentId);
        if (seen.outcome === "answered") await world.shop.follow({ account, intent: seen.intent });
      };
      if (told === "before") await tell();
      await world.cancel();
      if (told === "after") await tell();
      const { refunds } = await world.order();
      expect(refunds.map(({ amount }) => amount).sort()).toEqual([1_000, total - 1_000]);
      expect(world.atStripe()).toEqual([1_000, total - 1_000]);
    },
  );

  test("is the same cancellation when the request is sent again", async () => {
    const world = await aWorld();
    const first = await world.cancel("key");
    expect(await world.cancel("key")).toMatchObject(first);
    await expect(world.cancel("another")).rejects.toMatchObject({
      code: "conflict",
      message: "The order is canceled already.",
    });
  });

  test("is taken back by the sweeper if the run could not be started", async () => {
    const world = await aWorld();
    await decide(world);
    expect(await world.order()).toMatchObject({ status: "canceling" });
    await world.pass(minutes(1));
    expect(await world.order()).toMatchObject({ status: "canceled", payment: { state: "refunded" } });
    expect(await world.cancel("key")).toMatchObject({ status: 200, body: { status: "canceling" } });
  });
});

describe("an order that is being canceled", () => {
  test("while all of it is on its way back already is canceled, and nothing goes back twice", async () => {
    const world = await aWorld({ token: "pm_card_pendingRefund" });
    await world.refund();
    await world.cancel();
    expect(await world.order()).toMatchObject({ status: "canceled", refunds: [{ status: "pending" }] });
    await world.pass(hours(6));
    expect(await world.order()).toMatchObject({ refunds: [{ number: 1, status: "succeeded" }] });
    expect(world.atStripe()).toEqual([total]);
    expect(world.events()).toEqual([
      ...confirmed,
      "order.updated",
      "order.updated",
      "order.canceled",
      "refund.succeeded",
    ]);
  });

  test("by a refund that is on its way tells of it when it arrives", async () => {
    const world = await aWorld({ token: "pm_card_pendingRefund" });
    await world.cancel();
    expect(await world.order()).toMatchObject({ status: "canceled", refunds: [{ status: "pending" }] });
    await world.pass(hours(6));
    expect(await world.order()).toMatchObject({ refunds: [{ status: "succeeded", amount: total }] });
    expect(world.events()).toEqual([...confirmed, "order.updated", "order.canceled", "refund.succeeded"]);
  });

  test.each(["lost", "won"] as const)(
    "when a bank takes the money waits for its decision, and ends with it: %s",
    async (decided) => {
      const world = await aWorld();
      world.stripe.fail({ match: "POST /v1/refunds", kind: "timeout", times: 1 });
      await world.cancel();
      const dispute = world.stripe.bank.openDispute((await world.order()).payment.paymentIntentId ?? "");
      await world.pass();
      expect(await world.order()).toMatchObject({ status: "canceling" });
      expect(world.on.counted).toContain("MoneyHeld");
      world.stripe.bank.closeDispute(dispute, decided);
      await world.pass(days(2));
      expect(await world.order()).toMatchObject({ status: "canceled", payment: { state: "refunded" } });
      expect(world.atStripe()).toEqual(decided === "won" ? [total] : []);
    },
  );
});

describe("an order is not canceled", () => {
  test("while a run is at it: the answer says when to ask again", async () => {
    const world = await aWorld({ fulfilled: false });
    await change(world, { leaseUntil: world.on.now() + 1 });
    await expect(world.cancel()).rejects.toMatchObject({ code: "conflict", retryAfterSeconds: 5 });
    world.on.clock.advance(1);
    expect((await world.cancel()).status).toBe(200);
  });

  test("while the outcome of a refund is unknown", async () => {
    const world = await aWorld();
    world.stripe.fail({ match: "POST /v1/refunds", kind: "timeout", times: 1 });
    await world.refund({ amount: 100 });
    await expect(world.cancel()).rejects.toMatchObject({ code: "conflict", retryAfterSeconds: 60 });
    await world.pass();
    expect((await world.cancel()).status).toBe(200);
    expect(world.atStripe()).toEqual([100, total - 100]);
  });

  test("while Stripe repeats a fault for a day under a refund's key: the answer says when it may be known", async () => {
    const world = await aWorld();
    world.stripe.fail({ match: "POST /v1/refunds", kind: "500", times: 1 });
    await world.refund({ amount: 100 });
    for (const [passed, retryAfterSeconds] of [
      [hours(2), 7_200],
      [hours(20), 3_600],
      [hours(1) - 1, 1],
    ] as const) {
      await world.pass(passed);
      await expect(world.cancel()).rejects.toMatchObject({ code: "conflict", retryAfterSeconds });
    }
    await world.pass(hours(1) + 1);
    await world.pass();
    expect((await world.cancel()).status).toBe(200);
    expect(world.atStripe()).toEqual([100, total - 100]);
  });

  test("while a bank decides on its payment", async () => {
    const world = await aWorld();
    await change(world, { disputes: [aDispute({ amount: 100 })] });
    await expect(world.cancel()).rejects.toMatchObject({ code: "order_disputed" });
  });

  test("and refunded at once: one of the two is refused, and the books are exact", async () => {
    const world = await aWorld();
    await Promise.allSettled([world.refund({ amount: 100 }), world.cancel()]);
    await world.pass();
    const { status, refunds } = await world.order();
    const sum = world.atStripe().reduce((all, amount) => all + amount, 0);
    expect(refundedOf(refunds)).toBe(sum);
    expect(sum).toBe(status === "canceled" ? total : 100);
  });
});

describe("an order that a bank asked about is canceled", () => {
  test.each([true, false])("while it only asks: all goes back (confirmed: %s)", async (fulfilled) => {
    const world = await aWorld({ fulfilled });
    await change(world, { disputes: [aDispute({ kind: "inquiry" })] });
    expect((await world.cancel()).status).toBe(200);
    await world.pass();
    expect((await world.order()).status).toBe("canceled");
    expect(world.atStripe()).toEqual(fulfilled ? [total] : []);
    expect(await world.stock()).toBe(10);
  });

  test("once it has taken the money of one that was not confirmed: nothing is given twice", async () => {
    const world = await aWorld({ fulfilled: false });
    const { id: orderId, checkoutId } = await world.order();
    const step = { storeId, orderId, checkoutId, attempt: 1, epoch: 1 };
    await world.shop.steps["fulfillment/submit-order"]?.({ storeId, orderId });
    await world.shop.steps["payment/capture-payment"]?.(step);
    const intent = (await world.order()).payment.paymentIntentId ?? "";
    world.stripe.bank.closeDispute(world.stripe.bank.openDispute(intent), "lost");
    await change(world, { disputes: [aDispute({ amount: total, status: "lost" })] });
    await world.pass();
    expect((await world.order()).status).toBe("placed");
    expect((await world.cancel()).status).toBe(200);
    expect(await world.order()).toMatchObject({ status: "canceled", refunds: [] });
    expect(world.atStripe()).toEqual([]);
    expect(await world.stock()).toBe(10);
  });
});

/** The decision to cancel is written; the process that made it dies as it starts the run. */
const decide = async (world: World) => {
  const dying = mortal(world.healthy, { call: 6, when: "before" });
  await world.cancel("key", shopOn(dying.process));
};

test("a run from before the cancellation goes no step further", async () => {
  const world = await aWorld({ fulfilled: false });
  const { epoch, checkoutId } = await world.order();
  await decide(world);
  const step = { storeId, orderId: world.orderId, checkoutId, attempt: 1, epoch };
  for (const handler of ["order/confirm-order", "order/cancel-order", "order/settle-order"])
    expect(await world.shop.steps[handler]?.(step), handler).toMatchObject({ outcome: "held" });
});

test("one whose capture failed here, but not at Stripe, tells of both the failure and the refund", async () => {
  const world = await aWorld();
  await decide(world);
  await change(world, { cancelReason: "capture_failed" });
  await world.pass();
  expect((await world.order()).status).toBe("canceled");
  const told = world.on.table.rows("outbox").map(({ type, version }) => [type, version]);
  expect(told.slice(confirmed.length)).toEqual([
    ["order.updated", 4],
    ["payment.failed", 5],
    ["refund.succeeded", 6],
    ["order.canceled", 7],
  ]);
});

test("an undo whose refund is in the order already does not note it a second time", async () => {
  const world = await aWorld();
  await decide(world);
  const { epoch, checkoutId } = await world.order();
  const step = { storeId, orderId: world.orderId, checkoutId, attempt: 1, epoch };
  expect(await world.shop.steps["payment/return-payment"]?.(step)).toMatchObject({ outcome: "done" });
  const [refund] = world.stripe.refunds();
  const noted = { number: 1, status: "succeeded", amount: total, lines: [], shipping: false, restock: false };
  const more = { reason: "other", origin: "stripe", requestedAt: 0, updatedAt: 0 };
  await change(world, { refunds: [{ ...noted, ...more, stripeRefundId: refund?.id ?? "" }] });
  await world.pass();
  expect(await world.order()).toMatchObject({ status: "canceled", refunds: [{ origin: "stripe" }] });
  expect((await world.order()).refunds).toHaveLength(1);
});
