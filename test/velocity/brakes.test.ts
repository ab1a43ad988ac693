import { describe, expect, test } from "vitest";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import { savedStore } from "#functions/store/store.store.ts";
import { hours, seconds } from "#functions/values/clock.ts";
import type { CheckoutId } from "#functions/values/id.ts";
import type { Limits } from "#functions/velocity/velocity.ts";
import { aCaller, aChannel, aProduct, aRequest, aStore, someContents, storeId } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

const visa = { kind: "pm", token: "pm_card_visa" } as const;
const declined = { kind: "pm", token: "pm_card_chargeDeclined" } as const;

/** A shop with limits of its own, and tables whose counters can be out of reach. */
const aShop = async (limits: Limits) => {
  const platform = memoryPlatform();
  const state = { down: false };
  const table = {
    ...platform.table,
    tally: (update: Parameters<typeof platform.table.tally>[0]) =>
      state.down ? Promise.reject(new Unavailable("no answer")) : platform.table.tally(update),
  };
  const on = { ...platform, table };
  const stripe = fakeStripe(on.now);
  await stockShop(on, [{ ...aProduct(), available: 100 }], aStore({ limits }));
  const shop = shopOn({ ...on, stripe, envelope: fakeEnvelope(on.table) });
  const ready = async (contact = someContents().contact, caller = aCaller()): Promise<CheckoutId> => {
    const channel = aChannel();
    const contents = someContents({ contact });
    const made = await shop.create({ caller, idempotency: aRequest(), channel, contents });
    return made.opened.checkout.id;
  };
  const complete = (checkoutId: CheckoutId, payment: typeof visa | typeof declined = visa, key?: string) =>
    shop.complete({
      caller: aCaller(),
      idempotency: aRequest(key),
      checkoutId,
      deadline: on.now() + seconds(29),
      payment,
    });
  const buy = async () => complete(await ready());
  const told = () =>
    on.table
      .rows("outbox")
      .filter(({ type }) => type === "velocity.exceeded")
      .map(({ data }) => data);
  const counters = () => on.table.rows("access").filter(({ sk }) => sk.startsWith("counter#"));
  const available = async () =>
    (await on.table.get("commerce", { pk: `${storeId}#stock#mug-blue`, sk: "stock" }))?.["available"];
  return { on, shop, stripe, state, ready, complete, buy, told, counters, available };
};

const tooFast = { code: "velocity_exceeded" };

describe("a purchase that comes too soon after others", () => {
  test("is refused until the window ends, charges and takes nothing, and is then bought by the very same request", async () => {
    const { on, stripe, ready, complete, buy, available } = await aShop({ completions_per_address: 2 });
    on.clock.set(Date.UTC(2026, 10, 23, 12, 59, 30));
    await buy();
    await buy();
    const id = await ready();
    await expect(complete(id, visa, "third")).rejects.toMatchObject({ ...tooFast, retryAfterSeconds: 30 });
    expect([stripe.intents().length, await available()]).toEqual([2, 98]);
    on.clock.advance(seconds(30));
    expect((await complete(id, visa, "third")).order?.status).toBe("placed");
    expect([stripe.intents().length, await available()]).toEqual([3, 97]);
  });

  test("is refused for good: a second run of the same request, by a clock that is ahead, takes nothing either", async () => {
    const { on, shop, ready, complete, buy, available } = await aShop({ completions_per_address: 1 });
    on.clock.set(Date.UTC(2026, 10, 23, 12, 59, 30));
    await buy();
    const step = "catalog/reserve-stock";
    const reserve = shop.steps[step] as (input: object) => Promise<object>;
    let run: object = {};
    shop.steps[step] = (input) => {
      run = input;
      return reserve(input);
    };
    await expect(complete(await ready())).rejects.toMatchObject(tooFast);
    on.clock.advance(seconds(30));
    expect(await reserve(run)).toMatchObject({ outcome: "held", reason: "changed_meanwhile" });
    expect(await available()).toBe(99);
  });

  test("is told to the store's integrations once a window, by ids and the rule alone", async () => {
    const { on, ready, complete, buy, told } = await aShop({ completions_per_address: 1 });
    await buy();
    const id = await ready();
    for (const key of ["a", "b", "b"]) await expect(complete(id, visa, key)).rejects.toMatchObject(tooFast);
    const { principalId } = aCaller();
    const fact = { rule: "completions_per_address", limit: 1, principalId, checkoutId: id };
    expect(told()).toEqual([{ ...fact, endsAt: Date.UTC(2026, 10, 23, 13) }]);
    on.clock.advance(hours(1));
    await complete(id);
    await expect(buy()).rejects.toMatchObject(tooFast);
    expect(told()).toHaveLength(2);
  });

  test("is the same address in another spelling, with other people and agents", async () => {
    const { buy, complete, ready } = await aShop({ completions_per_address: 1 });
    await buy();
    const contact = someContents().contact;
    const address = { ...contact.delivery?.address, name: "Bob", lineOne: "  KANARIENWEG 1. " };
    const other = await ready({ buyer: { email: "bob@canary.example" }, delivery: { address } } as never);
    await expect(complete(other)).rejects.toMatchObject(tooFast);
    const nextDoor = { ...address, lineOne: "Kanarienweg 2" };
    const elsewhere = await ready({ ...contact, delivery: { address: nextDoor } } as never);
    expect((await complete(elsewhere)).order?.status).toBe("placed");
  });

  test("may be as many as the store sets, at once", async () => {
    const { on, ready, complete, buy } = await aShop({ completions_per_principal: 1 });
    await buy();
    const id = await ready();
    await expect(complete(id)).rejects.toMatchObject(tooFast);
    const before = aStore({ limits: { completions_per_principal: 1 } });
    await on.table.commit([
      savedStore(before, { ...before, limits: { completions_per_principal: 2 }, version: 2 }),
    ]);
    expect((await complete(id)).order?.status).toBe("placed");
  });

  test("is refused once those before it came to more than the store sets, and told by that rule", async () => {
    const { on, buy, complete, ready, told, counters } = await aShop({ amount_per_address: 1 });
    on.clock.set(Date.UTC(2026, 10, 23, 12, 59, 30));
    const { total } = (await buy()).opened.checkout.quote.totals;
    expect(counters().map(({ amount }) => amount)).toEqual([total, total, undefined]);
    const id = await ready();
    await expect(complete(id, visa, "second")).rejects.toMatchObject(tooFast);
    expect(told()).toMatchObject([{ rule: "amount_per_address", limit: 1, checkoutId: id }]);
    on.clock.advance(seconds(30));
    expect((await complete(id, visa, "second")).order?.status).toBe("placed");
  });

  test("is not refused for a counter that does not answer", async () => {
    const { state, buy, on } = await aShop({ completions_per_store: 1 });
    await buy();
    state.down = true;
    expect((await buy()).order?.status).toBe("placed");
    expect(on.logged.map(({ message }) => message)).toContain("a rule was not asked");
  });
});

describe("who tries cards", () => {
  test("is refused after so many declines, whatever card comes next, and may buy an hour later", async () => {
    const { on, stripe, ready, complete, told } = await aShop({ declines_per_address: 2 });
    const id = await ready();
    for (const _ of [1, 2])
      expect((await complete(id, declined)).opened.checkout.messages).toMatchObject([
        { code: "payment_declined" },
      ]);
    await expect(complete(id, visa)).rejects.toMatchObject(tooFast);
    expect(stripe.intents()).toHaveLength(2);
    expect(told()).toMatchObject([{ rule: "declines_per_address", limit: 2 }]);
    on.clock.advance(hours(1));
    expect((await complete(id, visa)).order?.status).toBe("placed");
  });

  test("is counted once an attempt, however often its step runs, and never for a bank that wants to see the buyer", async () => {
    const { shop, ready, complete, counters } = await aShop({});
    const id = await ready();
    await complete(id, declined);
    const attempt = { storeId, checkoutId: id, attempt: 1, epoch: 1 };
    await shop.steps["payment/authorize-payment"]?.(attempt);
    await complete(id, { kind: "pm", token: "pm_card_authenticationRequired" } as never);
    const declines = counters().filter(({ sk }) => sk.startsWith("counter#declines"));
    expect(declines.map(({ count }) => count)).toEqual([1, 1, 1]);
  });
});

test("nothing of an address lies in a counter, and its mark is another one the next day and in the next store", async () => {
  const { on, buy, counters } = await aShop({});
  await buy();
  const pk = () => counters().map((row) => row.pk);
  const first = pk().filter((key) => key.includes("#address#"));
  expect(JSON.stringify(counters())).not.toMatch(/canary|kanarien|10115|cust_/i);
  on.clock.advance(hours(24));
  await buy();
  const marks = new Set(pk().filter((key) => key.includes("#address#")));
  expect([first.length, marks.size]).toEqual([1, 2]);
  const envelope = fakeEnvelope(on.table);
  const elsewhere = await envelope.dayMarkOf("store_00000000000000000000000002", "2026-11-23", "a");
  expect(elsewhere).not.toBe(await envelope.dayMarkOf(storeId, "2026-11-23", "a"));
});

test("what was counted is gone with its window, for every reader", async () => {
  const { on, buy, counters } = await aShop({});
  await buy();
  const rows = counters();
  on.clock.advance(hours(1));
  for (const row of rows) {
    expect(Number(row["expiresAtSeconds"]) * 1_000).toBeLessThanOrEqual(on.now());
    expect(await on.table.get("access", row)).toBeUndefined();
  }
  expect(rows).toHaveLength(3);
});

describe("money given back too often", () => {
  const paid = async ({ buy, shop }: Awaited<ReturnType<typeof aShop>>) => {
    const { order } = await buy();
    if (!order) throw new Error("no order");
    await shop.fulfill({ storeId, orderId: order.id });
    return order.id;
  };

  test("is refused before anything is reserved, counts a repeat once, and goes on in the next window", async () => {
    const world = await aShop({ refunds_per_store: 2 });
    const orders = [await paid(world), await paid(world), await paid(world)];
    const refund = (order: number, key: string) =>
      world.shop.refund({
        caller: aCaller(),
        orderId: orders[order]!,
        idempotency: aRequest(key),
        deadline: world.on.now() + seconds(25),
        body: { reason: "requested_by_customer", restock: false, amount: 100 },
      });
    for (const [order, key] of [
      [0, "a"],
      [0, "a"],
      [1, "b"],
    ] as const)
      expect((await refund(order, key)).status).toBe(201);
    await expect(refund(2, "c")).rejects.toMatchObject(tooFast);
    expect((await world.shop.orders.get(storeId, orders[2]!))?.refunds).toEqual([]);
    expect(world.stripe.refunds()).toHaveLength(2);
    expect(world.told()).toMatchObject([{ rule: "refunds_per_store", orderId: orders[2] }]);
    world.on.clock.advance(hours(1));
    expect((await refund(2, "c")).status).toBe(201);
  });

  test("by cancellations as well", async () => {
    const world = await aShop({ refunds_per_store: 1 });
    const orders = [await paid(world), await paid(world)];
    const cancel = (orderId: (typeof orders)[number]) =>
      world.shop.cancelOrder({
        caller: aCaller(),
        orderId,
        idempotency: aRequest(),
        deadline: world.on.now() + seconds(25),
      });
    expect((await cancel(orders[0]!)).status).toBe(200);
    await expect(cancel(orders[1]!)).rejects.toMatchObject(tooFast);
    expect((await world.shop.orders.get(storeId, orders[1]!))?.status).toBe("confirmed");
  });
});
