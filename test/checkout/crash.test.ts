import { describe, expect, test } from "vitest";
import { readStock } from "#functions/catalog/stock.store.ts";
import { times as checkoutTimes } from "#functions/checkout/checkout.ts";
import { times as orderTimes } from "#functions/order/order.ts";
import { seconds } from "#functions/values/clock.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { aCaller, aChannel, aProduct, aRequest, someContents, storeId } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { type Death, mortal } from "#test/fakes/mortal.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

const aWorld = async () => {
  const on = memoryPlatform();
  const stripe = fakeStripe(on.now);
  const healthy = { ...on, stripe, envelope: fakeEnvelope(on.table) };
  await stockShop(on, [{ ...aProduct(), available: 10 }]);
  const { opened } = await shopOn(healthy).create({
    caller: aCaller(),
    idempotency: aRequest(),
    channel: aChannel(),
    contents: someContents(),
  });
  return { on, stripe, healthy, checkoutId: opened.checkout.id };
};
type World = Awaited<ReturnType<typeof aWorld>>;

const idempotency = aRequest("the buyer's one request");

const complete = ({ on, checkoutId }: World, shop: ReturnType<typeof shopOn>, token: string) =>
  shop.complete({
    caller: aCaller(),
    idempotency,
    checkoutId,
    deadline: on.now() + seconds(29),
    payment: { kind: "pm", token },
  });

/** What happens after a crash: time passes, the sweepers of a healthy process run, the client asks once more. */
const recover = async (world: World, token: string) => {
  const shop = shopOn(world.healthy);
  for (let minute = 0; minute < 4; minute += 1) {
    world.on.clock.advance(Math.max(checkoutTimes.lease, orderTimes.lease));
    await shop.sweepCheckouts();
    await shop.sweepOrders();
  }
  return complete(world, shop, token);
};

const holding = ({ stripe }: World) =>
  stripe.intents().filter((intent) => intent.status === "requires_capture" || intent.status === "succeeded");
const stock = ({ on }: World) => readStock(on.table, storeId, "mug-blue");
const events = ({ on }: World) => on.table.rows("outbox").map((row) => row["type"]);

/** Runs a story in a process that dies at each of its calls in turn, and once in one that lives. */
const atEveryCall = async (
  story: (world: World, shop: ReturnType<typeof shopOn>) => Promise<unknown>,
  check: (world: World, death: Death) => Promise<void>,
): Promise<number> => {
  const living = await aWorld();
  const counted = mortal(living.healthy);
  await story(living, shopOn(counted.process));
  for (let call = 1; call <= counted.calls(); call += 1)
    for (const when of ["before", "after"] as const) {
      const world = await aWorld();
      const dying = mortal(world.healthy, { call, when });
      await story(world, shopOn(dying.process)).catch(() => undefined);
      expect(dying.died()).toBe(true);
      await check(world, { call, when });
    }
  return counted.calls();
};

describe("a process that dies at any of its calls", () => {
  test("while buying and fulfilling leaves one order, paid once, confirmed, with its stock taken once", async () => {
    const buyAndFulfill = async (world: World, shop: ReturnType<typeof shopOn>) => {
      await complete(world, shop, "pm_card_visa");
      await shop.fulfill({ storeId, orderId: orderIdOf(world.checkoutId) });
    };
    const calls = await atEveryCall(buyAndFulfill, async (world, death) => {
      const answer = await recover(world, "pm_card_visa");
      expect(answer.order, JSON.stringify(death)).toMatchObject({ status: "placed" });
      await recover(world, "pm_card_visa");
      expect(await shopOn(world.healthy).orders.get(storeId, orderIdOf(world.checkoutId))).toMatchObject({
        status: "confirmed",
        payment: { state: "captured" },
      });
      expect(world.stripe.intents(), JSON.stringify(death)).toMatchObject([{ status: "succeeded" }]);
      expect(await stock(world)).toMatchObject({ onHand: 9, reserved: 0, available: 9 });
      expect(events(world)).toEqual(["order.placed", "payment.captured", "order.confirmed"]);
    });
    expect(calls).toBeGreaterThan(15);
  });

  test("while a card is declined leaves no order, no money held and all the stock", async () => {
    const calls = await atEveryCall(
      (world, shop) => complete(world, shop, "pm_card_chargeDeclined"),
      async (world, death) => {
        const answer = await recover(world, "pm_card_chargeDeclined");
        expect(answer.opened.checkout.messages, JSON.stringify(death)).toMatchObject([
          { code: "payment_declined" },
        ]);
        expect(holding(world)).toEqual([]);
        expect(await stock(world)).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
        expect(events(world)).toEqual(["payment.failed"]);
      },
    );
    expect(calls).toBeGreaterThan(10);
  });

  test("while a refused capture is undone leaves a canceled order, no money held and all the stock", async () => {
    const buyInVain = async (world: World, shop: ReturnType<typeof shopOn>) => {
      world.stripe.fail({ match: "/capture", kind: "refuse", code: "charge_expired_for_capture", times: 9 });
      await complete(world, shop, "pm_card_visa");
      await shop.fulfill({ storeId, orderId: orderIdOf(world.checkoutId) });
    };
    const calls = await atEveryCall(buyInVain, async (world, death) => {
      await recover(world, "pm_card_visa");
      await recover(world, "pm_card_visa");
      expect(
        await shopOn(world.healthy).orders.get(storeId, orderIdOf(world.checkoutId)),
        JSON.stringify(death),
      ).toMatchObject({ status: "canceled", payment: { state: "voided" } });
      expect(holding(world)).toEqual([]);
      expect(await stock(world)).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
      expect(events(world)).toEqual(["order.placed", "order.updated", "payment.failed", "order.canceled"]);
    });
    expect(calls).toBeGreaterThan(20);
  });
});
