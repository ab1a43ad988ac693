import { describe, expect, test } from "vitest";
import { refundableOf } from "#functions/order/order.ts";
import { cases } from "#functions/payment/following.ts";
import { Status } from "#functions/payment/payment.ts";
import type { StripeRefund } from "#functions/payment/stripe.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import { savedStore } from "#functions/store/store.store.ts";
import { days, hours, minutes } from "#functions/values/clock.ts";
import { aCaller, aRequest, aStore, storeId } from "#test/examples.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { mortal } from "#test/fakes/mortal.ts";
import { account, aFollowedShop, type FollowedShop, snapshot } from "./followed-shop.ts";

/** Bought, and nobody has written down what Stripe answered: the run died at that call. */
const diedAfterStripe = async (): Promise<FollowedShop> => {
  for (let call = 1; ; call += 1) {
    const world = await aFollowedShop();
    const dying = mortal(world.process, { call, when: "after" });
    await world.buy(shopOn(dying.process)).catch(() => undefined);
    world.on.clock.advance(minutes(1));
    if (world.stripe.intents().length > 0) return world;
  }
};

const placed = async (): Promise<FollowedShop> => {
  const world = await aFollowedShop();
  await world.buy();
  return world;
};

const confirmed = async (): Promise<FollowedShop> => {
  const world = await aFollowedShop();
  await world.buyAndFulfill();
  return world;
};

/** Its attempt is over by a definite no, and Stripe shows money all the same. */
const declinedWithMoney = async (): Promise<FollowedShop> => {
  const world = await aFollowedShop();
  await world.buy(world.shop, "pm_card_chargeDeclined");
  world.bend((intent) => ({
    status: "requires_capture",
    error: undefined,
    charge: {
      id: "ch_late",
      amount: intent.amount,
      amountCaptured: 0,
      amountRefunded: 0,
      card: { brand: "visa", last4: "4242", funding: "credit" },
      authenticated: false,
      disputed: false,
    },
  }));
  return world;
};

const captured = (world: FollowedShop) =>
  world.bend(({ charge, amount }) => ({
    status: "succeeded",
    ...(charge && { charge: { ...charge, amountCaptured: amount } }),
  }));

describe("what Stripe has and we have not written down", () => {
  test("is taken over by a run of the checkout workflow once nobody is at it any more", async () => {
    const world = await diedAfterStripe();
    expect(await world.follow()).toEqual({ followed: "moved" });
    expect(await world.order()).toMatchObject({ status: "placed" });
    expect(world.stripe.intents()).toHaveLength(1);
  });

  test("is left to the run that is at it", async () => {
    const world = await aFollowedShop();
    const seen: unknown[] = [];
    const { retrievePaymentIntent, createPaymentIntent } = world.process.stripe;
    const nosy = shopOn({
      ...world.process,
      stripe: {
        ...world.process.stripe,
        retrievePaymentIntent,
        createPaymentIntent: async (...given) => {
          const answer = await createPaymentIntent(...given);
          seen.push(await world.follow());
          return answer;
        },
      },
    });
    await world.buy(nosy);
    expect(seen).toEqual([{ followed: "nothing" }]);
    expect(world.events()).toEqual(["order.placed"]);
  });

  test("is captured when somebody captured it at Stripe", async () => {
    const world = await placed();
    captured(world);
    expect(await world.follow()).toEqual({ followed: "moved" });
    expect(await world.order()).toMatchObject({ status: "confirmed", payment: { state: "captured" } });
    expect(await world.follow()).toEqual({ followed: "nothing" });
  });

  test("is canceled when the authorization has ended at Stripe", async () => {
    const world = await placed();
    world.bend(() => ({ status: "canceled" }));
    expect(await world.follow()).toEqual({ followed: "moved" });
    expect(await world.order()).toMatchObject({ status: "canceled" });
    expect(await world.stock()).toBe(10);
  });

  test("goes into the order when it was refunded before the capture was written down", async () => {
    const world = await placed();
    captured(world);
    await world.refundAtDashboard(500);
    expect(await world.follow()).toEqual({ followed: "moved", again: true });
    expect(await world.follow()).toEqual({ followed: "moved" });
    expect(world.events()).toEqual([
      "order.placed",
      "payment.captured",
      "order.confirmed",
      "refund.succeeded",
    ]);
    expect(await world.follow()).toEqual({ followed: "nothing" });
  });
});

describe("money that another deployment took, whose tables were copied,", () => {
  /** The shop that took it, then a second one on the tables of before and at the same Stripe account. */
  const copied = async (how: (world: FollowedShop) => Promise<unknown>) => {
    const world = await aFollowedShop();
    const restore = snapshot(world);
    await how(world);
    await restore();
    const environment = environmentOf({ DEPLOYMENT: "copy" });
    return { world, copy: shopOn({ ...world.process, environment }) };
  };

  test("is left alone, and nothing is missed", async () => {
    const { world, copy } = await copied((each) => each.buyAndFulfill());
    const before = [world.rows(), world.stripe.intents()];
    expect(await world.follow(copy)).toEqual({ followed: "nothing" });
    expect(await copy.reconcile({ command: "reconcile", scope: "full", dryRun: true })).toMatchObject({
      done: { done: true, part: { found: [] } },
    });
    expect([world.rows(), world.stripe.intents()]).toEqual(before);
  });

  test("is not taken for what became of the same attempt here", async () => {
    const { world, copy } = await copied((each) => each.buy());
    await world.buy(copy).catch(() => undefined);
    for (let day = 0; day < 2; day += 1) {
      world.on.clock.advance(days(1));
      await world.sweep(copy);
    }
    expect(world.stripe.intents()).toMatchObject([{ status: "requires_capture" }]);
    expect(await world.order()).toBeUndefined();
    expect(await world.payment()).toMatchObject({ status: "voided" });
  });

  test("is ours when it was made before deployments had names", async () => {
    const { world, copy } = await copied((each) => each.buy());
    world.bend(({ metadata: { deployment: _, ...metadata } }) => ({ metadata }));
    expect(await world.follow(copy)).toMatchObject({ followed: "moved" });
    expect(await world.order()).toMatchObject({ status: "placed" });
  });
});

describe("a placed order", () => {
  test("is canceled with its books exact when only a part was captured at Stripe", async () => {
    const world = await placed();
    captured(world);
    world.bend(({ charge }) => (charge ? { charge: { ...charge, amountCaptured: 100 } } : {}));
    await world.sweep();
    expect(await world.order()).toMatchObject({
      status: "canceled",
      payment: { state: "refunded" },
      refunds: [{ amount: 100, origin: "cancellation" }],
    });
    expect(world.events()).toEqual(["order.placed", "order.updated", "refund.succeeded", "order.canceled"]);
  });

  test("is canceled, never confirmed, when its capture was refunded before a run came to its end", async () => {
    const world = await placed();
    captured(world);
    await world.refundAtDashboard();
    for (let look = 0; look < 3; look += 1) await world.follow();
    expect(await world.order()).toMatchObject({
      status: "canceled",
      payment: { state: "refunded" },
      refunds: [{ amount: 2_390, origin: "stripe" }],
    });
    expect(world.events()).toEqual(["order.placed", "order.updated", "order.canceled", "refund.succeeded"]);
    expect(await world.follow()).toEqual({ followed: "nothing" });
    expect(await world.stock()).toBe(10);
  });

  test("whose money is disputed before its event came is not confirmed by a sweeper's run", async () => {
    const world = await placed();
    captured(world);
    world.stripe.bank.openDispute(String(world.stripe.intents()[0]?.id));
    await world.sweep();
    expect(await world.order()).toMatchObject({ status: "placed", disputes: [] });
    await world.follow();
    expect(await world.order()).toMatchObject({ status: "placed", disputes: [{ status: "open" }] });
  });
});

describe("what is as it should be", () => {
  test.each([
    ["an authorization", placed],
    ["a capture", confirmed],
  ])("is left alone: %s", async (_, given) => {
    const world = await given();
    const before = world.rows();
    expect(await world.follow()).toEqual({ followed: "nothing" });
    expect(world.rows()).toEqual(before);
  });

  test("is left alone while Stripe is still processing it", async () => {
    const world = await placed();
    world.bend(() => ({ status: "processing" }));
    expect(await world.follow()).toEqual({ followed: "nothing" });
  });

  test("of somebody else is left alone: no ids of ours, or a store that this deployment does not know", async () => {
    const world = await confirmed();
    const intent = await world.intentNow();
    const other = { ...intent.metadata, store: `store_${"0".repeat(26)}` };
    const metadata: Record<string, string>[] = [
      {},
      { order: "7" },
      other,
      { ...intent.metadata, attempt: "x" },
    ];
    for (const each of metadata)
      expect(await world.shop.follow({ account, intent: { ...intent, metadata: each } })).toEqual({
        followed: "nothing",
      });
  });
});

describe("a refund and a dispute", () => {
  test("at Stripe's dashboard go into the order", async () => {
    const world = await confirmed();
    await world.refundAtDashboard(500);
    expect(await world.follow()).toEqual({ followed: "moved" });
    expect(await world.order()).toMatchObject({
      refunds: [{ number: 1, amount: 500, origin: "stripe", status: "succeeded" }],
    });
    const id = world.stripe.bank.openDispute(String((await world.payment()).paymentIntentId));
    expect(await world.follow()).toEqual({ followed: "moved" });
    expect(await world.order()).toMatchObject({ disputes: [{ id, status: "open", amount: 1_890 }] });
    expect(await world.follow()).toEqual({ followed: "nothing" });
    expect(world.events().slice(3)).toEqual(["refund.succeeded", "dispute.opened"]);
  });
});

test("a refund on its way, which shows on no charge, goes into the order for whoever brings it", async () => {
  const world = await aFollowedShop();
  await world.buy(world.shop, "pm_card_pendingRefund");
  await world.shop.fulfill(world.ids);
  const { refund } = (await world.refundAtDashboard(500)) as { refund: StripeRefund };
  expect(refund.status).toBe("pending");
  const intent = await world.intentNow();
  expect(await world.shop.follow({ account, intent, refund })).toEqual({ followed: "moved" });
  expect(await world.order()).toMatchObject({ refunds: [{ status: "pending", amount: 500 }] });
});

describe("money that nobody owns any more", () => {
  test("is released, and only when whoever could be at it has long ended", async () => {
    const world = await declinedWithMoney();
    expect(await world.follow()).toEqual({ followed: "nothing", again: true });
    world.on.clock.advance(minutes(10));
    const before = world.rows();
    expect(await world.follow()).toEqual({ followed: "moved" });
    expect(world.stripe.intents()).toMatchObject([{ status: "canceled" }]);
    expect(world.rows()).toEqual(before);
    expect(await world.follow()).toEqual({ followed: "nothing" });
  });

  test("is refunded once it was captured", async () => {
    const world = await declinedWithMoney();
    captured(world);
    world.on.clock.advance(minutes(10));
    expect(await world.follow()).toEqual({ followed: "moved" });
    expect(await world.follow()).toEqual({ followed: "nothing" });
    expect(world.stripe.intents()).toMatchObject([{ charge: { amountRefunded: 2_390 } }]);
  });

  test("is a second payment of the same attempt: the order keeps its own", async () => {
    const world = await confirmed();
    const [own] = world.stripe.intents();
    if (!own) throw new Error("nothing was paid");
    world.stripe.state.put("intent", { ...own, id: "pi_twice" });
    world.on.clock.advance(minutes(10));
    const twice = await world.intentNow("pi_twice");
    expect(await world.shop.follow({ account, intent: twice })).toEqual({ followed: "moved" });
    expect(world.stripe.state.get("intent", "pi_twice")?.charge?.amountRefunded).toBe(2_390);
    expect(world.stripe.state.get("intent", own.id)?.charge?.amountRefunded).toBe(0);
    expect(await world.follow()).toEqual({ followed: "nothing" });
  });

  test("because the bank sent the refund of a canceled order back is told, and left for a person", async () => {
    const world = await placed();
    captured(world);
    const suspended = aStore({ status: "suspended", version: 2 });
    await world.on.table.commit([savedStore(aStore(), suspended)]);
    await world.shop.fulfill(world.ids);
    expect(await world.order()).toMatchObject({ status: "canceled", payment: { state: "refunded" } });
    const [refund] = world.stripe.refunds();
    world.stripe.bank.settleRefund(refund?.id ?? "", "failed", "lost_or_stolen_card");
    world.on.clock.advance(minutes(10));
    expect(await world.follow()).toEqual({ followed: "moved" });
    expect(await world.order()).toMatchObject({ refunds: [{ origin: "cancellation", status: "failed" }] });
    expect(world.events()).toContain("refund.failed");
    expect(await world.follow()).toEqual({ followed: "diverged", divergence: "missing_refund" });
    expect(world.stripe.refunds()).toHaveLength(1);
  });

  test("and that Stripe does not let go of is tried again", async () => {
    const world = await declinedWithMoney();
    world.on.clock.advance(minutes(10));
    world.stripe.fail({ match: "/cancel", kind: "timeout" });
    expect(await world.follow()).toEqual({ followed: "nothing", again: true });
    world.on.clock.advance(hours(1));
    expect(await world.follow()).toEqual({ followed: "moved" });
  });
});

describe("what differs", () => {
  const wrong = {
    amount: { intent: { amount: 2_391 } },
    "what was captured": { intent: { amountReceived: 2_000 }, divergence: "amount" },
    currency: { intent: { currency: "usd" } },
    account: { account: { livemode: false, stripeAccount: "acct_another00" } },
    mode: { account: { livemode: true }, divergence: "account" },
  } as const;

  test.each(Object.entries(wrong))("is told and not touched: %s", async (name, given) => {
    const world = await confirmed();
    const before = world.rows();
    const intent = { ...(await world.intentNow()), ...("intent" in given ? given.intent : {}) };
    const books = "account" in given ? given.account : account;
    expect(await world.shop.follow({ account: books, intent })).toEqual({
      followed: "diverged",
      divergence: "divergence" in given ? given.divergence : name,
    });
    expect(world.rows()).toEqual(before);
  });

  test("is told: we hold a capture that Stripe does not know", async () => {
    const world = await confirmed();
    world.bend(() => ({ status: "requires_capture" }));
    expect(await world.follow()).toEqual({ followed: "diverged", divergence: "recorded_not_charged" });
  });

  test("is told: money of a checkout that there is not", async () => {
    const world = await confirmed();
    const intent = await world.intentNow();
    const metadata = { ...intent.metadata, checkout: `chk_${"0".repeat(26)}` };
    expect(await world.shop.follow({ account, intent: { ...intent, metadata } })).toEqual({
      followed: "diverged",
      divergence: "charged_not_recorded",
    });
  });

  test("is told: money of an attempt that a finished checkout never made", async () => {
    const world = await confirmed();
    const intent = await world.intentNow();
    const metadata = { ...intent.metadata, attempt: "2" };
    expect(await world.shop.follow({ account, intent: { ...intent, metadata } })).toEqual({
      followed: "diverged",
      divergence: "double",
    });
  });
});

describe("a payment that a restore has lost", () => {
  const lost = async (how: (world: FollowedShop) => Promise<unknown>) => {
    const world = await aFollowedShop();
    const restore = snapshot(world);
    await how(world);
    const rows = world.rows();
    await restore();
    return { world, rows };
  };
  const ids = (world: FollowedShop) => world.on.table.rows("outbox").map((row) => [row["id"], row["type"]]);

  test.each([
    ["authorized", (world: FollowedShop) => world.buy()],
    ["captured", (world: FollowedShop) => world.buyAndFulfill()],
  ])("comes back with the same order, events and ids: %s", async (_, how) => {
    const { world } = await lost(how);
    expect(await world.order()).toBeUndefined();
    expect(await world.follow()).toEqual({ followed: "moved", again: true });
    await world.shop.fulfill(world.ids);
    const { orderId } = world.ids;
    const event = (version: number) => `evt_${orderId.replace("_", "-")}_${version}`;
    expect(await world.order()).toMatchObject({ id: orderId, status: "confirmed" });
    expect(ids(world)).toEqual([
      [event(1), "order.placed"],
      [event(2), "payment.captured"],
      [event(3), "order.confirmed"],
    ]);
    expect(world.stripe.intents()).toMatchObject([{ status: "succeeded", charge: { amountRefunded: 0 } }]);
    expect(await world.stock()).toBe(9);
  });

  test("comes back with what was given back of it", async () => {
    const { world } = await lost(async (each) => {
      await each.buyAndFulfill();
      await each.refundAtDashboard(500);
    });
    for (let look = 0; look < 3; look += 1) await world.follow();
    expect(await world.order()).toMatchObject({ status: "confirmed", refunds: [{ amount: 500 }] });
    expect(await world.follow()).toEqual({ followed: "nothing" });
  });

  const everythingBack = {
    "a refund at the dashboard": async (world: FollowedShop) => {
      await world.buyAndFulfill();
      await world.refundAtDashboard();
    },
    "a dispute that was lost": async (world: FollowedShop) => {
      await world.buyAndFulfill();
      const id = world.stripe.bank.openDispute(String((await world.payment()).paymentIntentId));
      world.stripe.bank.closeDispute(id, "lost");
    },
  };

  const looks = async (world: FollowedShop) => {
    for (let look = 0; look < 4; look += 1) {
      await world.follow();
      await world.sweep();
    }
    return world.order();
  };

  test("comes back although all of it was refunded at the dashboard, and its order ends without being confirmed", async () => {
    const { world } = await lost(everythingBack["a refund at the dashboard"]);
    expect(await looks(world)).toMatchObject({
      status: "canceled",
      payment: { state: "refunded" },
      refunds: [{ amount: 2_390, origin: "stripe", status: "succeeded" }],
    });
    expect(world.events()).toEqual(["order.placed", "order.updated", "order.canceled", "refund.succeeded"]);
    expect(await world.follow()).toEqual({ followed: "nothing" });
    expect(world.stripe.refunds()).toHaveLength(1);
    expect(await world.stock()).toBe(10);
  });

  test("comes back although a bank took it, and its order waits for the store unconfirmed", async () => {
    const { world } = await lost(everythingBack["a dispute that was lost"]);
    const order = await looks(world);
    expect(order).toMatchObject({ status: "placed", disputes: [{ status: "lost" }] });
    expect(order && refundableOf(order)).toBe(0);
    expect(world.events()).toEqual(["order.placed", "dispute.opened", "dispute.closed"]);
    expect(world.stripe.refunds()).toEqual([]);
    expect(await world.stock()).toBe(9);
  });

  test("comes back and is canceled again when it was canceled and refunded, and its pieces are back", async () => {
    const { world } = await lost(async (each) => {
      await each.buyAndFulfill();
      await each.cancel();
      await each.sweep();
    });
    expect(world.stripe.refunds()).toMatchObject([{ amount: 2_390, status: "succeeded" }]);
    for (let look = 0; look < 4; look += 1) {
      await world.follow();
      await world.sweep();
    }
    expect(await world.order()).toMatchObject({
      status: "canceled",
      payment: { state: "refunded" },
      refunds: [{ amount: 2_390, origin: "cancellation", status: "succeeded" }],
    });
    expect(world.stripe.refunds()).toHaveLength(1);
    expect(await world.stock()).toBe(10);
    expect(await world.follow()).toEqual({ followed: "nothing" });
  });

  test("is not missed when all of it went back and its checkout is another one by now", async () => {
    const { world } = await lost(everythingBack["a refund at the dashboard"]);
    await world.shop.cancel({
      caller: aCaller(),
      idempotency: aRequest("cancel"),
      checkoutId: world.ids.checkoutId,
    });
    expect(await world.follow()).toEqual({ followed: "nothing" });
  });

  test.each([
    ["refunded as a whole", everythingBack["a refund at the dashboard"]],
    [
      "refunded in part",
      async (world: FollowedShop) => {
        await world.buyAndFulfill();
        await world.refundAtDashboard(500);
      },
    ],
    [
      "released",
      async (world: FollowedShop) => {
        await world.buy();
        await world.cancel();
        await world.sweep();
      },
    ],
  ])(
    "pays for no new order when the buyer is quicker than who brings it back, and it was %s",
    async (_, how) => {
      const { world } = await lost(how);
      await world.buy();
      await world.sweep();
      expect(await world.order()).toBeUndefined();
      expect(world.stripe.intents()).toHaveLength(1);
      const [intent] = world.stripe.intents();
      const { captured = 0, refunded = 0 } = world.stripe.ledger(intent?.id ?? "") ?? {};
      expect(captured - refunded).toBe(0);
      expect(await world.stock()).toBe(10);
      await world.buy(world.shop, "pm_card_visa", aRequest("another try"));
      await world.sweep();
      expect(await world.order()).toMatchObject({ status: "confirmed", payment: { attempt: 2 } });
    },
  );

  test("comes back once, wherever the process dies that brings it back", async () => {
    const comesBack = async (call: number, when: "before" | "after"): Promise<boolean> => {
      const { world } = await lost((each) => each.buy());
      const dying = mortal(world.process, { call, when });
      await world.follow(shopOn(dying.process)).catch(() => undefined);
      await world.sweep();
      await world.follow();
      await world.sweep();
      expect(await world.order(), `${when} ${call}`).toMatchObject({ status: "confirmed" });
      expect(world.stripe.intents()).toHaveLength(1);
      expect(await world.stock()).toBe(9);
      return dying.died();
    };
    let call = 1;
    while ((await comesBack(call, "before")) && (await comesBack(call, "after"))) call += 1;
    expect(call).toBeGreaterThan(10);
  });

  test("is for somebody to decide when the checkout is another one by now, or its stock is gone", async () => {
    const { world } = await lost((each) => each.buy());
    const { pk, sk } = { pk: `${storeId}#stock#mug-blue`, sk: "stock" };
    await world.on.table.commit([
      { table: "commerce", key: { pk, sk }, change: { put: { available: 0, version: 9 } } },
    ]);
    expect(await world.follow()).toEqual({ followed: "diverged", divergence: "charged_not_recorded" });
    expect(await world.order()).toBeUndefined();
  });

  test("is not missed when it held no money", async () => {
    const { world } = await lost((each) => each.buy(each.shop, "pm_card_chargeDeclined"));
    expect(await world.follow()).toEqual({ followed: "nothing" });
  });
});

describe("the table of what follows", () => {
  test("releases money of every attempt that is final, and of no other but one that Stripe ended itself", () => {
    const releasing = Status.options.filter((status) => cases[status].held === "release");
    expect(releasing).toEqual(["authenticating", "declined", "voided", "refunded"]);
  });

  test("decides nothing while Stripe is processing", () => {
    for (const status of Status.options)
      expect(["nothing", "not_captured"], status).toContain(cases[status].processing);
  });
});
