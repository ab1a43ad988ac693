import { describe, expect, test } from "vitest";
import { times } from "#functions/checkout/checkout.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import { seconds } from "#functions/values/clock.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { aCaller, aChannel, aProduct, aRequest, someContents, storeId } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { mortal } from "#test/fakes/mortal.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

/** A process that stops at a call, as a frozen container does, until `go()`: the world moves on meanwhile. */
const frozenAt = <Port extends object>(port: Port, name: keyof Port, when: "before" | "after") => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  let first = true;
  const call = port[name] as (...args: unknown[]) => Promise<unknown>;
  const frozen = async (...args: unknown[]) => {
    if (!first) return call(...args);
    first = false;
    if (when === "after") {
      const result = await call(...args);
      reached.resolve();
      await promise;
      return result;
    }
    reached.resolve();
    await promise;
    return call(...args);
  };
  return { port: { ...port, [name]: frozen } as Port, reached: reached.promise, go: resolve };
};

const aWorld = async () => {
  const on = memoryPlatform();
  const stripe = fakeStripe(on.now);
  const healthy = { ...on, stripe, envelope: fakeEnvelope(on.table) };
  await stockShop(on, [{ ...aProduct(), available: 10 }]);
  const shop = shopOn(healthy);
  const { opened } = await shop.create({
    caller: aCaller(),
    idempotency: aRequest(),
    channel: aChannel(),
    contents: someContents(),
  });
  const checkoutId = opened.checkout.id;
  const complete = (by: ReturnType<typeof shopOn>, token: string) =>
    by.complete({
      caller: aCaller(),
      idempotency: aRequest(),
      checkoutId,
      deadline: on.now() + seconds(29),
      payment: { kind: "pm", token },
    });
  const takeOver = async () => {
    on.clock.advance(times.lease);
    await shop.sweepCheckouts();
  };
  const order = () => shop.orders.get(storeId, orderIdOf(checkoutId));
  const stock = async () =>
    (await on.table.get("commerce", { pk: `${storeId}#stock#mug-blue`, sk: "stock" }))?.["available"];
  return { on, stripe, healthy, shop, checkoutId, complete, takeOver, order, stock };
};

describe("a run that wakes up after another one took over", () => {
  test.each(["before", "after"] as const)(
    "changes nothing that the other did, frozen %s its call to Stripe",
    async (when) => {
      const world = await aWorld();
      const frozen = frozenAt<Stripe>(world.stripe, "createPaymentIntent", when);
      const late = world.complete(shopOn({ ...world.healthy, stripe: frozen.port }), "pm_card_visa");
      await frozen.reached;
      await world.takeOver();
      const placed = await world.order();
      expect(placed?.status).toBe("placed");
      frozen.go();
      expect((await late).order).toMatchObject({ id: placed?.id });
      expect(await world.order()).toEqual(placed);
      expect(world.stripe.intents()).toMatchObject([{ status: "requires_capture" }]);
      expect(await world.stock()).toBe(9);
    },
  );

  test("undoes nothing, although its own card was declined", async () => {
    const world = await aWorld();
    const frozen = frozenAt(world.on.table, "commit", "before");
    const late = world.complete(shopOn({ ...world.healthy, table: frozen.port }), "pm_card_chargeDeclined");
    await frozen.reached;
    const { order } = await world.complete(world.shop, "pm_card_visa");
    frozen.go();
    await late;
    expect(await world.order()).toEqual(order);
    expect(world.stripe.intents()).toMatchObject([{ status: "requires_capture" }]);
    expect(await world.stock()).toBe(9);
  });

  test("cannot change what is being bought", async () => {
    const world = await aWorld();
    const frozen = frozenAt(world.on.table, "commit", "before");
    const late = shopOn({ ...world.healthy, table: frozen.port }).change({
      caller: aCaller(),
      idempotency: aRequest(),
      checkoutId: world.checkoutId,
      merge: () => someContents({ lines: [{ productId: "mug-blue", quantity: 7 }] }),
    });
    await frozen.reached;
    await world.complete(world.shop, "pm_card_visa");
    frozen.go();
    await expect(late).rejects.toMatchObject({ code: "conflict" });
    expect((await world.order())?.quote.lines).toMatchObject([{ quantity: 1 }]);
    expect(await world.stock()).toBe(9);
  });
});

describe("a request that finds what another one left behind", () => {
  test("is not told the other's outcome as its own, and buys when it is sent again", async () => {
    const world = await aWorld();
    const dying = mortal(world.healthy, { call: 18, when: "before" });
    await world.complete(shopOn(dying.process), "pm_card_chargeDeclined").catch(() => undefined);
    expect((await world.shop.checkouts.get(storeId, world.checkoutId))?.status).toBe("completing");
    world.on.clock.advance(times.lease);
    const request = {
      caller: aCaller(),
      idempotency: aRequest(),
      checkoutId: world.checkoutId,
      deadline: world.on.now() + seconds(29),
      payment: { kind: "pm", token: "pm_card_visa" },
    } as const;
    await expect(world.shop.complete(request)).rejects.toMatchObject({ code: "temporarily_unavailable" });
    expect((await world.shop.complete(request)).order).toMatchObject({ status: "placed" });
  });
});
