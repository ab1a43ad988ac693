import { expect, test } from "vitest";
import { pageSize } from "#functions/reconciliation/page.ts";
import { readRun } from "#functions/reconciliation/reconciliation.store.ts";
import { days, hours, minutes } from "#functions/values/clock.ts";
import { storeId } from "#test/examples.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { type Bought, orderOf } from "./tamper.ts";
import { account, aWorld, type Counts, type World } from "./world.ts";

/** Orders of long before the window, each with a refund of a moment ago that nobody here was told of. */
const someReturned = async (count: number) => {
  const world = await aWorld();
  const bought: Bought[] = [];
  for (let each = 0; each < count; each += 1) bought.push(await world.buy());
  await world.sweep(1);
  world.on.clock.advance(hours(9));
  await world.schedule();
  for (const each of bought) {
    const { paymentIntentId = "" } = (await orderOf(world, each)).payment;
    const refund = { paymentIntentId, amount: 100, metadata: {} };
    await world.stripe.refundPaymentIntent(account, refund, `dashboard ${each.orderId}`);
  }
  // So that they lie before the end of the next run's window: where that ends, the run after it begins.
  world.on.clock.advance(minutes(1));
  const recorded = async () => {
    const orders = await Promise.all(bought.map(({ orderId }) => world.shop.orders.get(storeId, orderId)));
    return orders.filter((order) => order?.refunds.length === 1).length;
  };
  return { world, recorded };
};

/** So late that only what was left unread makes a recent run look back as far as the refunds. */
const runLater = async (world: World): Promise<Counts> => {
  world.on.clock.advance(hours(3));
  return world.schedule();
};

/** The world's Stripe, and how many of its answers were waited for at the same time at most. */
const countingAtOnce = ({ stripe }: World) => {
  let [now, most] = [0, 0];
  const counting =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      now += 1;
      most = Math.max(most, now);
      try {
        return await call(...args);
      } finally {
        now -= 1;
      }
    };
  return {
    stripe: {
      ...stripe,
      retrievePaymentIntent: counting(stripe.retrievePaymentIntent),
      listPaymentIntents: counting(stripe.listPaymentIntents),
      listRefunds: counting(stripe.listRefunds),
      listDisputes: counting(stripe.listDisputes),
    },
    most: () => most,
  };
};

test.each(["listRefunds", "listDisputes"] as const)(
  "another shop's charge without a PaymentIntent hides nothing that %s shows behind it",
  async (list) => {
    const { world, recorded } = await someReturned(1);
    if (list === "listDisputes")
      for (const { id } of world.stripe.intents()) world.stripe.bank.openDispute(id);
    const foreign = { id: "x_foreign", paymentIntentId: "" };
    const asked: (string | undefined)[] = [];
    const stripe = {
      ...world.stripe,
      [list]: async (...[of, which, after]: Parameters<World["stripe"][typeof list]>) => {
        if (!("created" in which)) return world.stripe[list](of, which, after);
        asked.push(after);
        const page = { outcome: "answered", refunds: [foreign], disputes: [foreign], more: true };
        return after ? world.stripe[list](of, which) : page;
      },
    };
    const told = await shopOn({ ...world.process, stripe }).reconcile({ scope: "recent" });
    expect(told).toMatchObject({ unread: 0 });
    expect(asked).toEqual([undefined, foreign.id]);
    expect(await recorded()).toBe(1);
  },
);

test("Stripe is asked no more at once than a page has room for, however much went back", async () => {
  const { world, recorded } = await someReturned(pageSize + 5);
  const { stripe, most } = countingAtOnce(world);
  expect(await shopOn({ ...world.process, stripe }).reconcile({ scope: "recent" })).toMatchObject({
    unread: 0,
  });
  expect(await recorded()).toBe(pageSize + 5);
  expect(most()).toBe(pageSize);
});

test("a PaymentIntent that Stripe does not show hides no other, and its window is looked at again", async () => {
  const { world, recorded } = await someReturned(3);
  const [hidden] = world.stripe.intents();
  world.stripe.fail({ match: `GET /v1/payment_intents/${hidden?.id}`, kind: "timeout", times: 1 });
  expect(await world.schedule()).toMatchObject({ unread: 1 });
  expect(await recorded()).toBe(2);
  expect(await runLater(world)).toMatchObject({ unread: 0 });
  expect(await recorded()).toBe(3);
});

test("a window of which Stripe did not give a page is looked at again", async () => {
  const { world, recorded } = await someReturned(1);
  world.stripe.fail({ match: "GET /v1/refunds", kind: "timeout", times: 1 });
  expect(await world.schedule()).toMatchObject({ unread: 1 });
  expect(await recorded()).toBe(0);
  expect(await runLater(world)).toMatchObject({ unread: 0 });
  expect(await recorded()).toBe(1);
});

test("what was unread on one page is not forgotten by the call that goes on with the next", async () => {
  const { world, recorded } = await someReturned(1);
  world.stripe.fail({ match: "GET /v1/refunds", kind: "timeout", times: 1 });
  await world.brief("recent");
  expect(await world.unfinished("recent")).toBe(true);
  for (let call = 0; call < 100 && (await world.unfinished("recent")); call += 1) {
    world.on.clock.advance(minutes(4));
    await world.brief("recent");
  }
  await runLater(world);
  expect(await recorded()).toBe(1);
});

test("books that nobody can read hold recent runs back by a day and no more", async () => {
  const { world } = await someReturned(1);
  const { reached } = await readRun(world.on.table, "recent");
  world.stripe.fail({ match: "GET /v1/refunds", kind: "timeout", times: 1_000 });
  await runLater(world);
  expect(await readRun(world.on.table, "recent")).toMatchObject({ reached });
  world.on.clock.advance(days(2));
  await world.schedule();
  expect(await readRun(world.on.table, "recent")).toMatchObject({ reached: world.on.now() - days(1) });
});

/** Given back when it was canceled, and sent back by the buyer's bank since. */
const cameHome = async () => {
  const world = await aWorld();
  const bought = await world.buy();
  await world.cancel(bought);
  await world.sweep(5);
  expect((await orderOf(world, bought)).status).toBe("canceled");
  await world.schedule();
  expect(await world.open()).toEqual([]);
  const refunded = world.stripe.refunds().at(-1)?.id ?? "";
  world.stripe.bank.settleRefund(refunded, "failed", "lost_or_stolen_card");
  return { world, bought };
};

test("a canceled order whose refund came home rings, before and after the order knows", async () => {
  const { world, bought } = await cameHome();
  const dry = await world.hand({ scope: "full", dryRun: true });
  const refundId = expect.stringMatching(/^rfd_/);
  for (const found of dry.found) expect(found).toMatchObject({ kind: "missing_refund", refundId });
  const told = await world.hand({ scope: "full" });
  const about = { kind: "missing_refund", orderId: bought.orderId };
  expect(told.healed).toEqual([expect.objectContaining({ ...about, refundId })]);
  expect(told.open).toEqual([expect.objectContaining(about)]);
  expect(told.open?.[0]).not.toHaveProperty("refundId");
  world.on.clock.advance(minutes(15));
  await world.schedule();
  expect(world.rings()).toBe(1);
});

test("a refund that came home misses nothing once it is given back anew or a bank took the money for good", async () => {
  const again = await cameHome();
  const { paymentIntentId = "" } = (await orderOf(again.world, again.bought)).payment;
  await again.world.stripe.refundPaymentIntent(account, { paymentIntentId, metadata: {} }, "by hand");
  const taken = await cameHome();
  const id = taken.world.stripe.intents()[0]?.id ?? "";
  taken.world.stripe.bank.closeDispute(taken.world.stripe.bank.openDispute(id), "lost");
  for (const { world } of [again, taken]) {
    await world.hand({ scope: "full" });
    expect(await world.hand({ scope: "full" })).toMatchObject({ found: [], open: [] });
  }
});
