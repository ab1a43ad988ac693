import fc from "fast-check";
import { expect, test } from "vitest";
import { wire } from "#functions/order/order.handler.ts";
import { orderKey, placedOrder, savedOrder } from "#functions/order/order.store.ts";
import { moved, type Order, orderNumber } from "#functions/order/order.ts";
import { fulfillmentEvent, placedEvent } from "#functions/order/order-events.ts";
import type { OrderView } from "#functions/order/order-view.ts";
import { sweepOutbox } from "#functions/outbox/sweep-outbox.ts";
import { days, minutes, toIso } from "#functions/values/clock.ts";
import { checkoutIdOf, newId } from "#functions/values/id.ts";
import { effort, seed } from "#test/effort.ts";
import { aCaller, anOrder, storeId } from "#test/examples.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryBus } from "#test/fakes/memory-bus.ts";
import { memoryPlatform, seededBytes } from "#test/fakes/memory-platform.ts";

type Page = { orders: OrderView[]; next?: string; more: boolean };

const agents = ["prn_00000000000000000000000001", "prn_00000000000000000000000002"] as const;

const [mug, tea] = ["mug-blue", "tea"] as const;
const quoteOf = (productId: string): Order["quote"] => {
  const totals = { base: 1_900, discount: 0, subtotal: 1_900, tax: 0, total: 1_900 };
  const line = { productId, title: productId, quantity: 1, unitAmount: 1_900, digital: false, totals };
  return { ...anOrder().quote, lines: [line] };
};

const aShop = () => {
  const on = memoryPlatform();
  const random = seededBytes(6);
  const handler = wire({ ...on, envelope: fakeEnvelope(on.table) });
  const orders = new Map<string, Order>();
  const caller = aCaller({ role: "integration", scopes: ["orders:read"] });
  const nth = (which: number) => [...orders.values()][which % Math.max(1, orders.size)];
  const save = async (order: Order, ...writes: Parameters<typeof on.table.commit>[0]) => {
    await on.table.commit(writes);
    orders.set(order.id, order);
  };
  return {
    on,
    orders,
    ask: async (query: Record<string, string>) => {
      const { statusCode, body } = await callApi(handler, { path: "/orders", caller, query });
      return { statusCode, body: body as unknown as Page };
    },
    place: async (which: number) => {
      const id = newId("ord", random);
      const order = anOrder({
        id,
        checkoutId: checkoutIdOf(id),
        number: orderNumber(id),
        principalId: agents[which % 2] ?? agents[0],
        quote: quoteOf(which % 2 === 0 ? mug : tea),
        status: "confirmed",
        createdAt: on.now(),
        updatedAt: on.now(),
      });
      await save(order, placedOrder(order, on.now()), placedEvent(order));
    },
    change: async (which: number) => {
      const before = nth(which);
      if (!before) return;
      on.clock.advance(1);
      const after = moved(before, before.status, on.now(), { version: before.version + 1 });
      await save(after, savedOrder(before, after), fulfillmentEvent(after));
    },
    /** Its time in the books is over. */
    remove: async (which: number) => {
      const order = nth(which);
      if (!order) return;
      orders.delete(order.id);
      await on.table.commit([
        { table: "commerce", key: orderKey(storeId, order.id), change: { remove: true } },
      ]);
    },
    publish: () => sweepOutbox({ ...on, put: memoryBus().put })(),
  };
};
type Shop = ReturnType<typeof aShop>;

/** Goes on from page to page, with the same filters. */
const reader = (shop: Shop, filters: Record<string, string>) => {
  const seen: OrderView[] = [];
  let next: string | undefined;
  let more = true;
  const read = async (): Promise<boolean> => {
    const { body } = await shop.ask({ limit: "2", ...filters, ...(next && { after: next }) });
    seen.push(...body.orders);
    next = body.next;
    more = body.more;
    return more;
  };
  return {
    seen,
    read,
    /** While there are more. */
    page: async () => more && (await read()),
    finish: async () => {
      while (more) await read();
    },
  };
};

const step = fc.record({
  does: fc.constantFrom("place", "place", "change", "change", "remove", "pass", "publish", "page", "follow"),
  by: fc.nat(30),
} as const);

test("whoever pages while orders change sees each once; whoever follows the changes sees what each came to, once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(6), fc.array(step, { maxLength: 40 }), async (first, steps) => {
      const shop = aShop();
      for (let count = 0; count < first; count += 1) await shop.place(count);
      const there = [...shop.orders.keys()];
      const since = toIso(shop.on.now() - 1);
      const pages = reader(shop, {});
      const agent = reader(shop, { principalId: agents[0] });
      const follower = reader(shop, { updatedSince: since });
      const does = {
        place: shop.place,
        change: shop.change,
        remove: shop.remove,
        publish: shop.publish,
        pass: async (by: number) => shop.on.clock.advance(minutes(by)),
        page: () => Promise.all([pages.page(), agent.page()]),
        follow: follower.read,
      };
      for (const { does: what, by } of steps) await does[what](by);
      await Promise.all([pages.finish(), agent.finish()]);
      shop.on.clock.advance(minutes(2));
      await shop.publish();
      shop.on.clock.advance(minutes(2));
      await follower.read();
      await follower.finish();
      expectSeenOnce(pages.seen, there, shop.orders);
      const its = there.filter((id) => shop.orders.get(id)?.principalId === agents[0]);
      expectSeenOnce(agent.seen, its, shop.orders);
      expect(agent.seen.every(({ principalId }) => principalId === agents[0])).toBe(true);
      expectFollowed(follower.seen, shop.orders);
    }),
    { numRuns: effort(10_000), seed: seed(44) },
  );
});

const expectSeenOnce = (seen: readonly OrderView[], there: readonly string[], left: Map<string, unknown>) => {
  const ids = seen.map(({ id }) => id);
  expect(new Set(ids).size, "none twice").toBe(ids.length);
  for (const id of there.filter((each) => left.has(each))) expect(ids, "none missed").toContain(id);
};

const expectFollowed = (seen: readonly OrderView[], orders: ReadonlyMap<string, Order>) => {
  const told = seen.map(({ id, updatedAt }) => `${id} ${updatedAt}`);
  expect(new Set(told).size, "none twice as it is").toBe(told.length);
  for (const { id, updatedAt } of orders.values())
    expect(seen.findLast((each) => each.id === id)?.updatedAt, "as it is now").toBe(toIso(updatedAt));
};

test("each filter takes off what is not asked for, and a filter that finds little goes on with the next page", async () => {
  const shop = aShop();
  for (let count = 0; count < 205; count += 1) {
    await shop.place(count === 0 ? 0 : 1);
    shop.on.clock.advance(1);
  }
  const first = await shop.ask({ principalId: agents[0] });
  expect(first.body).toMatchObject({ orders: [], more: true });
  const second = await shop.ask({ principalId: agents[0], after: first.body.next ?? "" });
  expect(second.body).toMatchObject({ orders: [{ principalId: agents[0] }], more: false });
  expect((await shop.ask({ status: "canceled" })).body.orders).toEqual([]);
  expect((await shop.ask({ status: "confirmed", limit: "3" })).body).toMatchObject({
    orders: [{}, {}, {}],
    more: true,
  });
  expect((await shop.ask({ productId: "poster" })).body.orders).toEqual([]);
  expect((await shop.ask({ productId: tea, limit: "100" })).body.orders).toHaveLength(100);
});

test("what was changed since a moment is found by each filter, too", async () => {
  const shop = aShop();
  const updatedSince = toIso(shop.on.now() - 1);
  for (const which of [0, 1, 1]) await shop.place(which);
  shop.on.clock.advance(minutes(2));
  await shop.publish();
  shop.on.clock.advance(minutes(2));
  const found = async (filter: Record<string, string>) =>
    (await shop.ask({ updatedSince, ...filter })).body.orders.length;
  expect(await found({})).toBe(3);
  expect([await found({ status: "confirmed" }), await found({ status: "placed" })]).toEqual([3, 0]);
  expect([await found({ principalId: agents[0] }), await found({ principalId: agents[1] })]).toEqual([1, 2]);
  expect([await found({ productId: mug }), await found({ productId: tea })]).toEqual([1, 2]);
});

test("a cursor that is none is refused, and so is a time from before events were kept", async () => {
  const { ask, on } = aShop();
  for (const query of [
    { after: "ord_1" },
    { after: "1.ord_1" },
    { updatedSince: toIso(on.now()), after: "?" },
    { updatedSince: toIso(on.now() - days(91)) },
    { updatedSince: "yesterday" },
    { status: "shipped" },
  ] as Record<string, string>[])
    expect([query, (await ask(query)).statusCode]).toEqual([query, 422]);
});
