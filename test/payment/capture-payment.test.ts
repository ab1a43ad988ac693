import { describe, expect, test } from "vitest";
import { days } from "#functions/values/clock.ts";
import { amount, authorizeAndPlace, aWorld, operations, paymentOf, type World } from "./world.ts";

const anOrder = async (): Promise<World> => {
  const world = await aWorld();
  await authorizeAndPlace(world);
  return world;
};
const capture = (world: World, epoch = 1) => operations(world).capture({ ...world.orderStep, epoch });

test("takes the whole amount once", async () => {
  const world = await anOrder();
  expect(await capture(world)).toEqual({ outcome: "done", ...world.orderStep });
  expect(await capture(world, 2)).toMatchObject({ outcome: "done" });
  expect(world.stripe.intents()[0]?.charge).toMatchObject({ amountCaptured: amount, amountRefunded: 0 });
  expect(await paymentOf(world)).toMatchObject({ status: "captured", orderEpoch: 1 });
});

test("has nothing to take for a free order", async () => {
  const world = await anOrder();
  expect(await operations(world).capture({ ...world.orderStep, attempt: 2 })).toMatchObject({
    outcome: "done",
  });
});

test("counts a capture that somebody else made as its own", async () => {
  const world = await anOrder();
  const { paymentIntentId = "" } = await paymentOf(world);
  await world.stripe.capturePaymentIntent({ livemode: false }, paymentIntentId, "dashboard");
  expect(await capture(world)).toMatchObject({ outcome: "done" });
});

const asStripeHas = async (world: World) => {
  const { paymentIntentId: id = "" } = await paymentOf(world);
  const atDashboard = { livemode: false };
  const bend = (charge: { amountCaptured: number }) => {
    const [intent] = world.stripe.intents();
    if (!intent?.charge) throw new Error("no charge");
    world.stripe.state.put("intent", { ...intent, charge: { ...intent.charge, ...charge } });
  };
  return {
    id,
    bend,
    capture: () => world.stripe.capturePaymentIntent(atDashboard, id, "dashboard"),
    refund: (given?: number) =>
      world.stripe.refundPaymentIntent(
        atDashboard,
        { paymentIntentId: id, amount: given, metadata: {} },
        "refund",
      ),
  };
};
const undo = async (world: World, epoch: number) => {
  expect(await operations(world).giveBack({ ...world.orderStep, epoch })).toMatchObject({ outcome: "done" });
  const [intent] = world.stripe.intents();
  expect(intent?.charge?.amountRefunded).toBe(intent?.charge?.amountCaptured);
  expect((await paymentOf(world)).status).toBe("refunded");
};
const incomplete = { outcome: "refused", reason: "payment_incomplete" };

describe("money that was taken pays for no order", () => {
  test.each([1, 2])("when all of it went back since, whose run ever took it (epoch %i)", async (epoch) => {
    const world = await anOrder();
    await expect(
      operations(world, {
        ...world,
        table: { ...world.table, commit: () => Promise.reject(new Error("died")) },
      }).capture(world.orderStep),
    ).rejects.toThrow("died");
    await (await asStripeHas(world)).refund();
    expect(await capture(world, epoch)).toMatchObject(incomplete);
    await undo(world, epoch);
  });

  test("when all of it went back after the capture was written down", async () => {
    const world = await anOrder();
    await capture(world);
    await (await asStripeHas(world)).refund();
    expect(await capture(world, 2)).toMatchObject(incomplete);
    await undo(world, 2);
  });

  test("when somebody took only a part of it", async () => {
    const world = await anOrder();
    const there = await asStripeHas(world);
    await there.capture();
    there.bend({ amountCaptured: 100 });
    expect(await capture(world)).toMatchObject(incomplete);
    await undo(world, 2);
  });

  test("while a bank questions it, or has decided against the store", async () => {
    const world = await anOrder();
    const there = await asStripeHas(world);
    await there.capture();
    const dispute = world.stripe.bank.openDispute(there.id);
    expect(await capture(world)).toMatchObject({ outcome: "held", reason: "disputed" });
    world.stripe.bank.closeDispute(dispute, "lost");
    expect(await capture(world, 2)).toMatchObject({ outcome: "held", reason: "disputed" });
    expect((await paymentOf(world)).status).toBe("authorized");
  });
});

test("counts money that a bank questioned and left with the store", async () => {
  const world = await anOrder();
  await capture(world);
  const dispute = world.stripe.bank.openDispute((await asStripeHas(world)).id);
  expect(await capture(world, 2)).toMatchObject({ outcome: "held", reason: "disputed" });
  world.stripe.bank.closeDispute(dispute, "won");
  expect(await capture(world, 3)).toMatchObject({ outcome: "done" });
});

test("counts money of which a part went back since: that is a refund", async () => {
  const world = await anOrder();
  await capture(world);
  await (await asStripeHas(world)).refund(500);
  expect(await capture(world, 2)).toMatchObject({ outcome: "done" });
});

test("asks Stripe once where nothing went wrong", async () => {
  const world = await anOrder();
  const asked: string[] = [];
  const stripe = new Proxy(world.stripe, {
    get: (target, name) => {
      asked.push(String(name));
      return Reflect.get(target, name);
    },
  });
  expect(await operations(world, { ...world, stripe }).capture(world.orderStep)).toMatchObject({
    outcome: "done",
  });
  expect(asked).toEqual(["capturePaymentIntent"]);
});

test.each(["before", "after"] as const)(
  "holds an unknown outcome (%s) and takes the money once",
  async (when) => {
    const world = await anOrder();
    world.stripe.fail({ match: "capture", when, kind: "timeout" });
    expect(await capture(world)).toMatchObject({ outcome: "held" });
    expect(await capture(world, 2)).toMatchObject({ outcome: "done" });
    expect(world.stripe.intents()[0]?.charge?.amountCaptured).toBe(amount);
  },
);

test("outlives a fault that Stripe repeats for its key", async () => {
  const world = await anOrder();
  world.stripe.fail({ match: "capture", kind: "500" });
  expect(await capture(world)).toMatchObject({ outcome: "held" });
  expect(await capture(world)).toMatchObject({ outcome: "held" });
  expect(await capture(world, 2)).toMatchObject({ outcome: "done" });
});

test("refuses for good when the authorization has run out", async () => {
  const world = await anOrder();
  world.clock.advance(days(8));
  expect(await capture(world)).toMatchObject({ outcome: "refused", reason: "capture_failed" });
  expect(await paymentOf(world)).toMatchObject({ status: "failed", declineCode: "authorization_expired" });
  expect(await capture(world, 2)).toMatchObject({ outcome: "refused", reason: "capture_failed" });
});

test("refuses for good when Stripe does", async () => {
  const world = await anOrder();
  world.stripe.fail({ match: "capture", kind: "refuse", code: "charge_expired_for_capture" });
  expect(await capture(world)).toMatchObject({ outcome: "refused", reason: "capture_failed" });
  expect(await operations(world).giveBack({ ...world.orderStep, epoch: 2 })).toMatchObject({
    outcome: "done",
  });
  expect(world.stripe.intents()[0]?.status).toBe("canceled");
  expect((await paymentOf(world)).status).toBe("voided");
});
