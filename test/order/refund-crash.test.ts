import { describe, expect, test } from "vitest";
import { refundedOf } from "#functions/order/refund.ts";
import { hours } from "#functions/values/clock.ts";
import { storeId } from "#test/examples.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { type Death, mortal } from "#test/fakes/mortal.ts";
import { aWorld, mugs, total, type World } from "./world.ts";

type Shop = ReturnType<typeof shopOn>;

/** Tells the story in a process that dies at each of its calls in turn, before or after the call had its effect. */
const atEveryCall = async (
  prepare: () => Promise<World>,
  story: (world: World, shop: Shop) => Promise<unknown>,
  check: (world: World, death: string) => Promise<void>,
): Promise<number> => {
  const living = await prepare();
  const counted = mortal(living.healthy);
  await story(living, shopOn(counted.process));
  const deaths = Array.from({ length: counted.calls() }, (_, at) =>
    (["before", "after"] as const).map((when): Death => ({ call: at + 1, when })),
  ).flat();
  for (const death of deaths) {
    const world = await prepare();
    const dying = mortal(world.healthy, death);
    await story(world, shopOn(dying.process)).catch(() => undefined);
    expect(dying.died(), JSON.stringify(death)).toBe(true);
    await check(world, JSON.stringify(death));
  }
  return counted.calls();
};

const confirmed = ["order.placed", "payment.captured", "order.confirmed"];

const recover = async (world: World): Promise<void> => {
  for (let minute = 0; minute < 3; minute += 1) await world.pass();
};

describe("a process that dies at any of its calls", () => {
  test("while it refunds leaves one refund at Stripe, in the order, in the stock and in the events", async () => {
    const body = { lines: mugs(2), restock: true };
    const calls = await atEveryCall(
      () => aWorld(),
      (world, shop) => world.refund(body, "key", shop),
      async (world, death) => {
        await recover(world);
        expect(await world.refund(body, "key"), death).toMatchObject({
          status: 201,
          body: { status: "succeeded", amount: 3_800, restocked: true },
        });
        expect(world.atStripe(), death).toEqual([3_800]);
        expect((await world.order()).refunds, death).toMatchObject([{ number: 1, status: "succeeded" }]);
        expect(await world.stock(), death).toBe(9);
        expect(world.events(), death).toEqual([...confirmed, "refund.succeeded"]);
      },
    );
    expect(calls).toBeGreaterThan(6);
  });

  test("while Stripe refuses a refund leaves one that failed, and the money free", async () => {
    const calls = await atEveryCall(
      async () => {
        const world = await aWorld();
        world.stripe.fail({ match: "POST /v1/refunds", kind: "refuse", code: "charge_disputed", times: 99 });
        return world;
      },
      (world, shop) => world.refund({ lines: mugs(1), restock: true }, "key", shop),
      async (world, death) => {
        await recover(world);
        for (let quarter = 0; quarter < 2; quarter += 1) await world.pass(10 * 60_000);
        const answer = await world.refund({ lines: mugs(1), restock: true }, "key");
        expect(answer, death).toMatchObject({ status: 201, body: { status: "failed" } });
        expect(world.atStripe(), death).toEqual([]);
        expect(await world.stock(), death).toBe(7);
        expect(world.events(), death).toEqual([...confirmed, "refund.failed"]);
      },
    );
    expect(calls).toBeGreaterThan(6);
  });

  type Hears = (
    which: { storeId: typeof storeId; orderId: World["orderId"] },
    shop: Shop,
  ) => Promise<unknown>;
  test.each<[string, Hears]>([
    ["looks after a refund and", (which, shop) => shop.settleRefund({ ...which, number: 1 })],
    [
      "compares the books and",
      (which, shop) => shop.recordRefunds({ ...which, account: { livemode: false } }),
    ],
  ])("while it %s hears that a bank sent it back leaves somebody awake", async (_, hear) => {
    const calls = await atEveryCall(
      async () => {
        const world = await aWorld({ token: "pm_card_refundFail" });
        await world.refund();
        world.on.clock.advance(hours(1));
        return world;
      },
      ({ orderId }, shop) => hear({ storeId, orderId }, shop),
      async (world, death) => {
        expect(await world.settle(1), death).toMatchObject({ status: "failed" });
        expect(world.on.counted, death).toContain("RefundFailed");
      },
    );
    expect(calls).toBeGreaterThan(2);
  });

  test("while a partly refunded order is canceled gives exactly the rest back, once", async () => {
    const calls = await atEveryCall(
      async () => {
        const world = await aWorld();
        await world.refund({ lines: mugs(1), restock: true });
        return world;
      },
      (world, shop) => world.cancel("key", shop),
      async (world, death) => {
        await recover(world);
        await world.cancel("key").catch(() => undefined);
        await recover(world);
        const { status, refunds } = await world.order();
        expect(status, death).toBe("canceled");
        expect(world.atStripe(), death).toEqual([1_900, total - 1_900]);
        expect(refundedOf(refunds), death).toBe(total);
        expect(refunds, death).toMatchObject([{ origin: "store" }, { origin: "cancellation" }]);
        expect(await world.stock(), death).toBe(10);
        expect(world.events(), death).toEqual([
          ...confirmed,
          "refund.succeeded",
          "order.updated",
          "refund.succeeded",
          "order.canceled",
        ]);
      },
    );
    expect(calls).toBeGreaterThan(12);
  });
});
