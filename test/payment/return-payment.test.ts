import fc from "fast-check";
import { expect, test } from "vitest";
import { paymentStore, startPayment } from "#functions/payment/payment.store.ts";
import { hours, minutes } from "#functions/values/clock.ts";
import type { FaultInput } from "#infra/local/stripe/faults.ts";
import { effort, seed } from "#test/effort.ts";
import { amount, authorizeAndPlace, aWorld, operations, paymentOf, type World } from "./world.ts";

const giveBack = (world: World, epoch = 2) => operations(world).giveBack({ ...world.step, epoch });

const aCapturedWorld = async (): Promise<World> => {
  const world = await aWorld();
  await authorizeAndPlace(world);
  await operations(world).capture(world.orderStep);
  return world;
};

/** Of an order, by a run of this epoch. */
const undo = (world: World, epoch: number) => operations(world).giveBack({ ...world.orderStep, epoch });

test("releases an authorization", async () => {
  const world = await aWorld();
  await operations(world).authorize(world.step);
  expect(await giveBack(world)).toEqual({ outcome: "done", ...world.step, epoch: 2 });
  expect(world.stripe.intents()[0]?.status).toBe("canceled");
  expect((await paymentOf(world)).status).toBe("voided");
});

test("refunds what was captured, once", async () => {
  const world = await aCapturedWorld();
  world.stripe.fail({ match: "refunds", when: "after", kind: "timeout" });
  expect(await undo(world, 2)).toMatchObject({ outcome: "held" });
  expect(await undo(world, 3)).toMatchObject({ outcome: "done", orderId: world.orderStep.orderId });
  expect(world.stripe.refunds()).toMatchObject([{ amount }]);
  expect((await paymentOf(world)).status).toBe("refunded");
});

test.each(["before", "after"] as const)(
  "refunds once, and not a day later, where Stripe repeats a fault from %s it was done",
  async (when) => {
    const world = await aCapturedWorld();
    world.stripe.fail({ match: "refunds", when, kind: "500" });
    expect(await undo(world, 2)).toMatchObject({ outcome: "held" });
    expect(await undo(world, 3)).toMatchObject({ outcome: "done" });
    expect(world.stripe.refunds()).toMatchObject([{ amount }]);
    expect((await paymentOf(world)).status).toBe("refunded");
  },
);

test("refunds as soon as Stripe would, though its key repeats a refusal for a day", async () => {
  const world = await aCapturedWorld();
  const { paymentIntentId = "" } = await paymentOf(world);
  const dispute = world.stripe.bank.openDispute(paymentIntentId);
  expect(await undo(world, 2)).toMatchObject({ outcome: "held", reason: "refund_refused" });
  expect(await undo(world, 3)).toMatchObject({ outcome: "held", reason: "refund_refused" });
  world.stripe.bank.closeDispute(dispute, "won");
  expect(await undo(world, 4)).toMatchObject({ outcome: "done" });
  expect(world.stripe.refunds()).toMatchObject([{ amount }]);
});

test("does not take a refund for made that came home since its answer was lost, and makes another", async () => {
  const world = await aCapturedWorld();
  world.stripe.fail({ match: "refunds", when: "after", kind: "timeout" });
  expect(await undo(world, 2)).toMatchObject({ outcome: "held" });
  world.stripe.bank.settleRefund(world.stripe.refunds()[0]?.id ?? "", "failed");
  expect(await undo(world, 3)).toMatchObject({ outcome: "done" });
  expect((await paymentOf(world)).status).toBe("refunded");
  expect(
    world.stripe
      .refunds()
      .map(({ status }) => status)
      .sort(),
  ).toEqual(["failed", "succeeded"]);
});

test("counts a refund that somebody else made", async () => {
  const world = await aCapturedWorld();
  const { paymentIntentId = "" } = await paymentOf(world);
  await world.stripe.refundPaymentIntent({ livemode: false }, { paymentIntentId, metadata: {} }, "dashboard");
  expect(await operations(world).giveBack({ ...world.orderStep, epoch: 2 })).toMatchObject({
    outcome: "done",
  });
  expect(world.stripe.refunds()).toHaveLength(1);
});

test.each(["lost", "prevented"] as const)("counts what a bank gave back (%s)", async (status) => {
  const world = await aCapturedWorld();
  const { paymentIntentId = "" } = await paymentOf(world);
  world.stripe.bank.closeDispute(world.stripe.bank.openDispute(paymentIntentId), status);
  expect(await operations(world).giveBack({ ...world.orderStep, epoch: 2 })).toMatchObject({
    outcome: "done",
  });
  expect(world.stripe.refunds()).toEqual([]);
  expect((await paymentOf(world)).status).toBe("refunded");
});

test("has nothing to undo without a payment row", async () => {
  const world = await aWorld();
  const other = { ...world.step, checkoutId: "chk_00000000000000000000000000" } as const;
  expect(await operations(world).giveBack(other)).toEqual({ outcome: "done", ...other });
});

test("undoes every attempt that may hold money, not only the current one", async () => {
  const world = await aWorld({ token: "pm_card_authenticationRequired", start: { canAuthenticate: true } });
  await operations(world).authorize(world.step);
  const sealedToken = await world.cipher.seal("payment_token", "pm_card_visa");
  await world.table.commit([startPayment({ ...world.start, attempt: 2, sealedToken })]);
  await operations(world).authorize({ ...world.step, attempt: 2 });
  expect(await giveBack(world)).toMatchObject({ outcome: "done" });
  const { storeId, checkoutId } = world.step;
  const payments = await paymentStore(world.table).list(storeId, checkoutId);
  expect(payments.map(({ status }) => status)).toEqual(["voided", "voided"]);
  expect(world.stripe.intents().map(({ status }) => status)).toEqual(["canceled", "canceled"]);
});

test("believes that nothing was authorized only after a request could no longer be on its way", async () => {
  const world = await aWorld();
  world.stripe.fail({ match: "POST", when: "before", kind: "500" });
  expect(await giveBack(world)).toMatchObject({ outcome: "held" });
  expect(await giveBack(world)).toMatchObject({ outcome: "held" });
  world.clock.advance(minutes(10));
  expect(await giveBack(world)).toMatchObject({ outcome: "done" });
  expect((await paymentOf(world)).status).toBe("voided");
});

test("releases a forgotten authorization a day later", async () => {
  const world = await aWorld();
  world.stripe.fail({ match: "POST", when: "after", kind: "timeout" });
  await operations(world).authorize(world.step);
  world.clock.advance(hours(30));
  expect(await giveBack(world)).toMatchObject({ outcome: "done" });
  expect(world.stripe.intents().map(({ status }) => status)).toEqual(["canceled"]);
});

test("ends with the money taken once or not at all, whatever Stripe does", async () => {
  const fault = fc.record({
    match: fc.constantFrom("POST", "GET", "capture", "cancel", "refunds", "/v1/payment_intents"),
    when: fc.constantFrom("before" as const, "after" as const),
    kind: fc.constantFrom(
      "timeout" as const,
      "close" as const,
      "500" as const,
      "409" as const,
      "429" as const,
    ),
    times: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 5 }),
      fc.nat(8),
      fc.boolean(),
      async (faults, gap, keep) => {
        const world = await aWorld();
        await drive(world, faults, gap, keep);
        const [intent, ...others] = world.stripe.intents();
        expect(others).toEqual([]);
        const { status } = await paymentOf(world);
        const held = intent?.charge ? intent.charge.amountCaptured - intent.charge.amountRefunded : 0;
        expect(held).toBe(status === "captured" ? amount : 0);
        expect(intent?.status).not.toBe("requires_capture");
        expect(["captured", "voided", "refunded", "declined"]).toContain(status);
      },
    ),
    { numRuns: effort(10_000), seed: seed(7) },
  );
});

/** As sweepers do: forward until it is done or given up, then back until nothing is held. */
const drive = async (world: World, faults: readonly FaultInput[], gap: number, keep: boolean) => {
  for (const fault of faults) world.stripe.fail(fault);
  const { authorize, capture, giveBack: undo } = operations(world);
  const until = async (act: (epoch: number) => Promise<{ outcome: string }>, tries: number) => {
    for (let epoch = 1; epoch <= tries; epoch += 1) {
      const { outcome } = await act(epoch);
      if (outcome !== "held") return outcome;
      // A fault stored under the refund's one key lasts until Stripe forgets the key.
      world.clock.advance(epoch < 20 ? minutes(1) + hours(gap) : hours(25));
    }
    return "held";
  };
  const authorized = await until((epoch) => authorize({ ...world.step, epoch }), 4);
  if (authorized !== "done") return until((epoch) => undo({ ...world.step, epoch: epoch + 10 }), 30);
  const captured = await until((epoch) => capture({ ...world.orderStep, epoch }), 4);
  if (captured === "done" && keep) return captured;
  return until((epoch) => undo({ ...world.orderStep, epoch: epoch + 10 }), 30);
};
