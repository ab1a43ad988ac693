import { expect, test } from "vitest";
import {
  amount,
  atEveryBoundary,
  authorizeAndPlace,
  aWorld,
  dies,
  mortal,
  operations,
  paymentOf,
  type World,
} from "./world.ts";

const authorized = async (): Promise<World> => {
  const world = await aWorld();
  await authorizeAndPlace(world);
  return world;
};

/** What a sweeper does: the same step under the next epoch. */
const next = <Step extends { epoch: number }>(step: Step): Step => ({ ...step, epoch: step.epoch + 1 });

test("authorizes one PaymentIntent wherever the process dies", async () => {
  const boundaries = await atEveryBoundary(
    aWorld,
    (world, ports) => operations(world, ports).authorize(world.step),
    async (world, point) => {
      expect(await operations(world).authorize(next(world.step)), point).toMatchObject({ outcome: "done" });
      expect(
        world.stripe.intents().map(({ status }) => status),
        point,
      ).toEqual(["requires_capture"]);
      await authorizeAndPlace(world, next(next(world.step)));
      const payment = await paymentOf(world);
      expect(payment, point).toMatchObject({
        status: "authorized",
        paymentIntentId: world.stripe.intents()[0]?.id,
      });
      expect(payment.sealedToken, point).toBeUndefined();
    },
  );
  // Row, key row, Stripe: before and after each.
  expect(boundaries).toBeGreaterThanOrEqual(6);
});

test("declines once wherever the process dies", async () => {
  await atEveryBoundary(
    () => aWorld({ token: "pm_card_chargeDeclined" }),
    (world, ports) => operations(world, ports).authorize(world.step),
    async (world, point) => {
      expect(await operations(world).authorize(next(world.step)), point).toMatchObject({
        outcome: "refused",
        reason: "payment_declined",
      });
      expect(world.stripe.intents(), point).toHaveLength(1);
      expect((await paymentOf(world)).declineCode, point).toBe("generic_decline");
    },
  );
});

test("captures once wherever the process dies", async () => {
  await atEveryBoundary(
    authorized,
    (world, ports) => operations(world, ports).capture(world.orderStep),
    async (world, point) => {
      expect(await operations(world).capture(next(world.orderStep)), point).toMatchObject({
        outcome: "done",
      });
      expect(world.stripe.intents()[0]?.charge, point).toMatchObject({ amountCaptured: amount });
      expect((await paymentOf(world)).status, point).toBe("captured");
    },
  );
});

test("releases an authorization that nobody wrote down, wherever both processes die", async () => {
  for (const when of deaths)
    for (const call of [1, 2, 3, 4, 5])
      await atEveryBoundary(
        () => diedWhileAuthorizing(call, when),
        (world, ports) => operations(world, ports).giveBack(next(world.step)),
        async (world, at) => {
          const again = await operations(world).giveBack(next(next(world.step)));
          expect(again, at).toMatchObject({ outcome: "done" });
          expect(statuses(world), at).toEqual(["canceled"]);
          expect((await paymentOf(world)).status, at).toBe("voided");
        },
      );
});

test("gives the money of an order back once, wherever capture and undo die", async () => {
  for (const when of deaths)
    for (const call of [1, 2, 3])
      await atEveryBoundary(
        () => diedWhileCapturing(call, when),
        (world, ports) => operations(world, ports).giveBack(next(world.orderStep)),
        async (world, at) => {
          const again = await operations(world).giveBack(next(next(world.orderStep)));
          expect(again, at).toMatchObject({ outcome: "done" });
          await expectGivenBack(world, at);
        },
      );
});

const expectGivenBack = async (world: World, at: string): Promise<void> => {
  const [intent, ...others] = world.stripe.intents();
  expect(others, at).toEqual([]);
  const captured = intent?.status === "succeeded";
  expect(intent?.charge?.amountRefunded, at).toBe(captured ? amount : 0);
  expect(world.stripe.refunds().length, at).toBe(captured ? 1 : 0);
  expect((await paymentOf(world)).status, at).toBe(captured ? "refunded" : "voided");
};

const deaths = ["before", "after"] as const;
type Death = (typeof deaths)[number];

const statuses = (world: World) => world.stripe.intents().map(({ status }) => status);

const diedWhileAuthorizing = async (call: number, when: Death): Promise<World> => {
  const world = await aWorld();
  await dies(() => operations(world, mortal(world, call, when)).authorize(world.step));
  return world;
};

const diedWhileCapturing = async (call: number, when: Death): Promise<World> => {
  const world = await authorized();
  await dies(() => operations(world, mortal(world, call, when)).capture(world.orderStep));
  return world;
};
