import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { productStore } from "#functions/catalog/product.store.ts";
import { stripeEventStore } from "#functions/payment/stripe-event.store.ts";
import { StripeForbids } from "#functions/payment/stripe-response.ts";
import { patchStore } from "#functions/store/patch-store.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { days, hours, minutes, seconds } from "#functions/values/clock.ts";
import { effort, seed } from "#test/effort.ts";
import { aCaller, someFacts } from "#test/examples.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { mortal } from "#test/fakes/mortal.ts";
import { aFollowedShop, type FollowedShop } from "./followed-shop.ts";

/** Stripe sends what it has, and the queue delivers it. */
const deliver = async (world: FollowedShop, events: readonly object[] = world.stripe.takeEvents()) => {
  for (const event of events) await world.shop.receiveStripeEvent(event);
  await world.shop.applyStripeEvents();
};

/** Time passes until nothing is due any more. */
const comeToRest = async (world: FollowedShop, by = world.shop) => {
  for (let round = 0; round < 6; round += 1) {
    world.on.clock.advance(minutes(2));
    await by.sweepStripeEvents();
    await by.sweepCheckouts();
    await by.sweepOrders();
  }
};

const due = ({ on }: FollowedShop) =>
  on.table.rows("commerce").filter(({ due: kind }) => String(kind).startsWith("stripe-event"));

/** An order, refunded in parts in the dashboard, questioned by the bank and won. */
const aLongStory = async (world: FollowedShop) => {
  await world.buyAndFulfill();
  await world.refundAtDashboard(500);
  await world.refundAtDashboard(300);
  const { paymentIntentId = "" } = await world.payment();
  const dispute = world.stripe.bank.openDispute(paymentIntentId, { amount: 700 });
  world.stripe.bank.closeDispute(dispute, "won");
  return world.stripe.takeEvents();
};

/** What an order has come to; versions and times tell how often it was looked at meanwhile. */
const ending = async (world: FollowedShop) => {
  const order = await world.order();
  return {
    status: order?.status,
    payment: order?.payment.state,
    refunds: order?.refunds.map(({ updatedAt: _, ...refund }) => refund),
    disputes: order?.disputes.map(({ closedAt: _, ...dispute }) => dispute),
    events: world.events(),
  };
};

describe("events of Stripe", () => {
  test("ten times each and in any order come to the same as once each in order", async () => {
    const inOrder = await aFollowedShop();
    await deliver(inOrder, await aLongStory(inOrder));
    const expected = await ending(inOrder);
    expect(expected).toMatchObject({
      status: "confirmed",
      refunds: [{ amount: 500 }, { amount: 300 }],
      disputes: [{ status: "won", amount: 700 }],
    });
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (random) => {
        const world = await aFollowedShop();
        const events = await aLongStory(world);
        const shuffled = Array.from({ length: 10 }, () => events)
          .flat()
          .map((event) => ({ event, at: random.next().value }))
          .sort((left, right) => left.at - right.at)
          .map(({ event }) => event);
        await deliver(world, shuffled);
        expect(await ending(world)).toEqual(expected);
        expect(due(world)).toEqual([]);
      }),
      { numRuns: effort(1_000), seed: seed(3) },
    );
  }, 600_000);

  test("may come before our own write: nothing is lost by it", async () => {
    const world = await aFollowedShop();
    const { process } = world;
    const eager = shopOn({
      ...process,
      stripe: {
        ...process.stripe,
        capturePaymentIntent: async (...given) => {
          const answer = await process.stripe.capturePaymentIntent(...given);
          await world.refundAtDashboard(500);
          await deliver(world);
          return answer;
        },
      },
    });
    await world.buy();
    await eager.fulfill(world.ids);
    expect(await world.order()).toMatchObject({ status: "confirmed", refunds: [] });
    await comeToRest(world);
    expect(await world.order()).toMatchObject({ refunds: [{ amount: 500, status: "succeeded" }] });
    expect(due(world)).toEqual([]);
  });

  test("that lie move nothing, though they are signed: the object itself is what counts", async () => {
    const world = await aFollowedShop();
    await world.buy();
    world.stripe.takeEvents();
    const before = await world.order();
    const object = { id: world.stripe.intents()[0]?.id, object: "payment_intent", status: "succeeded" };
    for (const type of ["payment_intent.succeeded", "payment_intent.canceled", "charge.refunded"])
      await deliver(world, [
        { id: `evt_${type.replace(".", "_")}`, type, created: 1, livemode: false, data: { object } },
      ]);
    expect(await world.order()).toEqual(before);
    expect(due(world)).toEqual([]);
  });

  test("of an account that is not the store's move nothing", async () => {
    const world = await aFollowedShop();
    await world.buyAndFulfill();
    await world.refundAtDashboard(500);
    const events = world.stripe.takeEvents().map((event) => ({ ...event, account: "acct_another00" }));
    await deliver(world, events);
    expect(await world.order()).toMatchObject({ refunds: [] });
  });

  test.each([
    ["account", { account: "acct_another00" }],
    ["mode", { livemode: true }],
  ])(
    "of an %s in which no store of ours ever sold are followed by nothing, and Stripe is not asked",
    async (_, other) => {
      const world = await aFollowedShop();
      await world.buyAndFulfill();
      await world.refundAtDashboard(500);
      const asked: unknown[] = [];
      const keyless = async (of: unknown) => {
        asked.push(of);
        throw new Error("no Stripe secret key for this mode");
      };
      const { receiveStripeEvent, applyStripeEvents } = shopOn({
        ...world.process,
        stripe: {
          ...world.stripe,
          retrievePaymentIntent: keyless,
          retrieveRefund: keyless,
          retrieveDispute: keyless,
        },
      });
      for (const event of world.stripe.takeEvents()) await receiveStripeEvent({ ...event, ...other });
      await applyStripeEvents();
      expect([asked, due(world)]).toEqual([[], []]);
    },
  );

  test("of an account that the store has left since are followed", async () => {
    const world = await aFollowedShop({ stripeAccount: "acct_before000" });
    await world.buyAndFulfill();
    await patchStore({
      ...world.on,
      stores: storeStore(world.on.table),
      products: productStore(world.on.table),
    })({
      caller: aCaller({ role: "admin", scopes: ["store:write", "connections:write"] }),
      request: someFacts(),
      body: { stripeAccount: "acct_now00000" },
    });
    await world.refundAtDashboard(500);
    await deliver(world);
    expect(await world.order()).toMatchObject({ refunds: [{ amount: 500 }] });
  });

  test("of types that need nothing of us, or of objects that Stripe does not know, are done at once", async () => {
    const world = await aFollowedShop();
    const event = { created: 1, livemode: false };
    await deliver(world, [
      {
        ...event,
        id: "evt_1",
        type: "shared_payment.granted_token.deactivated",
        data: { object: { id: "spt_1" } },
      },
      { ...event, id: "evt_2", type: "customer.created", data: { object: { id: "cus_1" } } },
      { ...event, id: "evt_3", type: "payment_intent.succeeded", data: { object: { id: "pi_none" } } },
      { ...event, id: "evt_4", type: "refund.updated", data: { object: { id: "re_none" } } },
      { ...event, id: "evt_5", type: "charge.dispute.closed", data: { object: { id: "du_none" } } },
    ]);
    expect(due(world)).toEqual([]);
    expect(world.on.logged.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("an event that cannot be followed yet", () => {
  const stuck = async () => {
    const world = await aFollowedShop();
    await world.buyAndFulfill();
    await world.refundAtDashboard(500);
    world.stripe.fail({ match: "GET /v1/payment_intents", kind: "timeout", times: 1_000 });
    const [event] = world.stripe.takeEvents().filter(({ type }) => type === "charge.refunded");
    if (!event) throw new Error("no event");
    await deliver(world, [event]);
    const row = async () => {
      const read = await stripeEventStore(world.on.table).get(event.id);
      return read ?? { tries: -1, dueAt: 0 };
    };
    return { world, row };
  };

  test("waits twice as long each time, an hour at most", async () => {
    const { world, row } = await stuck();
    const waits: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      const { dueAt = 0 } = await row();
      waits.push(dueAt - world.on.now());
      world.on.clock.set(dueAt);
      await world.shop.sweepStripeEvents();
    }
    expect(waits.slice(0, 4)).toEqual([15, 30, 60, 120].map(seconds));
    expect(waits.slice(-2)).toEqual([hours(1), hours(1)]);
  });

  test("is told after a day, goes on all the same, and is followed when Stripe is back", async () => {
    const { world, row } = await stuck();
    world.on.clock.advance(days(1) - minutes(1));
    await world.shop.sweepStripeEvents();
    expect(world.on.counted).toEqual([]);
    world.on.clock.advance(hours(1));
    await world.shop.sweepStripeEvents();
    expect(world.on.counted).toEqual(["StripeEventStuck"]);
    expect(await world.order()).toMatchObject({ refunds: [] });
    const { dueAt } = await row();
    expect(dueAt).toBeDefined();
  });

  test("because its account does not let us in any more is told once, after a day, and then left to reconciliation", async () => {
    const world = await aFollowedShop({ stripeAccount: "acct_before000" });
    await world.buyAndFulfill();
    await world.refundAtDashboard(500);
    const deauthorized = async () => Promise.reject(new StripeForbids("Stripe answered 403 account_invalid"));
    const { receiveStripeEvent, sweepStripeEvents } = shopOn({
      ...world.process,
      stripe: { ...world.stripe, retrievePaymentIntent: deauthorized },
    });
    const [event] = world.stripe.takeEvents().filter(({ type }) => type === "charge.refunded");
    await receiveStripeEvent(event ?? {});
    for (let hour = 0; hour < 23; hour += 1) {
      world.on.clock.advance(hours(1));
      await sweepStripeEvents();
    }
    expect([world.on.counted, due(world).length]).toEqual([[], 1]);
    for (let hour = 0; hour < 23; hour += 1) {
      world.on.clock.advance(hours(1));
      await sweepStripeEvents();
    }
    expect([world.on.counted, due(world)]).toEqual([["StripeEventStuck"], []]);
  });

  test("is left alone until its time", async () => {
    const { world, row } = await stuck();
    const before = await row();
    await world.shop.sweepStripeEvents();
    expect(await row()).toEqual(before);
  });
});

test("a lost wake-up is made good by the sweeper", async () => {
  const world = await aFollowedShop();
  await world.buyAndFulfill();
  await world.refundAtDashboard(500);
  for (const event of world.stripe.takeEvents()) await world.shop.receiveStripeEvent(event);
  await comeToRest(world);
  expect(await world.order()).toMatchObject({ refunds: [{ amount: 500 }] });
  expect(due(world)).toEqual([]);
});

test("wherever the process dies that receives and follows, every refund is in the order once", async () => {
  const story = async (call: number, when: "before" | "after"): Promise<boolean> => {
    const world = await aFollowedShop();
    await world.buyAndFulfill();
    await world.refundAtDashboard(500);
    const events = world.stripe.takeEvents();
    const dying = mortal(world.process, { call, when });
    const shop = shopOn(dying.process);
    const answered = new Set<string>();
    for (const event of events)
      await shop.receiveStripeEvent(event).then(
        () => answered.add(event.id),
        () => undefined,
      );
    await shop.applyStripeEvents().catch(() => undefined);
    // Stripe sends again what was not answered.
    await deliver(
      world,
      events.filter(({ id }) => !answered.has(id)),
    );
    await comeToRest(world);
    expect(await world.order(), `${when} ${call}`).toMatchObject({
      refunds: [{ number: 1, amount: 500, status: "succeeded" }],
    });
    expect(world.events().filter((type) => type === "refund.succeeded")).toHaveLength(1);
    expect(due(world)).toEqual([]);
    return dying.died();
  };
  let call = 1;
  while ((await story(call, "before")) && (await story(call, "after"))) call += 1;
  expect(call).toBeGreaterThan(15);
});
