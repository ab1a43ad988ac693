import { expect, test } from "vitest";
import { wire as authorize } from "#functions/payment/authorize-payment.handler.ts";
import { wire as capture } from "#functions/payment/capture-payment.handler.ts";
import { wire as giveBack } from "#functions/payment/return-payment.handler.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { authorizeAndPlace, aWorld, paymentOf } from "./world.ts";

test("the steps hand each other their ids", async () => {
  const world = await aWorld();
  const on = { ...world.platform, stripe: world.stripe, envelope: world.envelope };
  const authorized = await authorize(on)({ ...world.step, outcome: "done" }, aContext());
  expect(authorized).toMatchObject({ ...world.step, outcome: "done" });
  await authorizeAndPlace(world);
  const captured = await capture(on)({ ...world.orderStep, outcome: "done" }, aContext());
  expect(captured).toEqual({ ...world.orderStep, outcome: "done" });
  const canceled = { ...world.orderStep, epoch: 2, reason: "refused", outcome: "done" };
  expect(await giveBack(on)(canceled, aContext())).toEqual(canceled);
  expect((await paymentOf(world)).status).toBe("refunded");
});

test("authorize-payment knows how much time Lambda has left", async () => {
  const world = await aWorld();
  const on = { ...world.platform, stripe: world.stripe, envelope: world.envelope };
  expect(await authorize(on)(world.step, aContext(10_000))).toMatchObject({ reason: "no_time_left" });
});
