import { expect, test } from "vitest";
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
