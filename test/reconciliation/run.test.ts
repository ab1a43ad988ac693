import { expect, test } from "vitest";
import { kinds } from "#functions/reconciliation/divergence.ts";
import { pageSize } from "#functions/reconciliation/page.ts";
import { minutes, seconds } from "#functions/values/clock.ts";
import type { Done } from "#infra/ops-answer.ts";
import { aStore } from "#test/examples.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { injections } from "./injections.ts";
import { seededRandom } from "./random.ts";
import { aWorld, byHand, type Counts, type Told, type World } from "./world.ts";

/** Every call to the outside that could change something. */
const effectsOf = (world: World) => {
  const effects: string[] = [];
  const noting =
    <Args extends unknown[], Result>(name: string, call: (...args: Args) => Result) =>
    (...args: Args): Result => {
      effects.push(name);
      return call(...args);
    };
  const { process, stripe } = world;
  const shop = shopOn({
    ...process,
    table: { ...process.table, commit: noting("commit", process.table.commit) },
    put: noting("put", process.put),
    enqueue: noting("enqueue", process.enqueue),
    stripe: {
      ...stripe,
      createPaymentIntent: noting("create", stripe.createPaymentIntent),
      capturePaymentIntent: noting("capture", stripe.capturePaymentIntent),
      cancelPaymentIntent: noting("cancel", stripe.cancelPaymentIntent),
      refundPaymentIntent: noting("refund", stripe.refundPaymentIntent),
    },
  });
  return { shop, effects };
};

test("a dry run tells what it would try and changes nothing, whatever diverges", async () => {
  for (const [kind, inject] of Object.entries(injections)) {
    const world = await aWorld();
    const bought = await world.buy();
    await world.sweep(1);
    await inject(world, bought, seededRandom(kind));
    const before = world.rows();
    const { shop, effects } = effectsOf(world);
    const told = await byHand(shop, { scope: "full", dryRun: true });
    expect(told.found, kind).toContainEqual(expect.objectContaining({ kind, wouldTry: expect.anything() }));
    expect(told.healed).toEqual([]);
    expect(effects).toEqual([]);
    expect(world.rows()).toEqual(before);
  }
});

test("an answer by hand has what its own call came to, so a long run ends in no answer that is too long", async () => {
  const world = await aWorld();
  const all = [];
  for (let count = 0; count <= pageSize; count += 1) {
    all.push(await world.buy());
    world.on.clock.advance(1);
  }
  await world.sweep(1);
  for (const bought of [all[0], all.at(-1)])
    if (bought) await injections.currency(world, bought, seededRandom("x"));
  const slow = async (...asked: Parameters<typeof world.stripe.retrievePaymentIntent>) => {
    world.on.clock.advance(seconds(30));
    return world.stripe.retrievePaymentIntent(...asked);
  };
  const shop = shopOn({ ...world.process, stripe: { ...world.stripe, retrievePaymentIntent: slow } });
  const answers: Done[] = [];
  const noting = async (command: object) => {
    const answer = await shop.reconcile(command);
    answers.push((answer as { done: Done }).done);
    return answer;
  };
  const told = await byHand({ reconcile: noting }, {});
  expect(told.found).toHaveLength(2);
  expect(told.open).toHaveLength(2);
  expect(told.runbooks).toEqual({ currency: kinds.currency.runbook });
  for (const { part, cursor } of answers) {
    const { found = [], open = [] } = part as Partial<Told>;
    expect(found.length === 0 || open.length === 0).toBe(true);
    expect(found.length).toBeLessThan(2);
    expect(JSON.stringify(cursor ?? {}).length).toBeLessThan(500);
  }
});

test("a call that runs out of time is gone on with by the next, page by page, until all was looked at", async () => {
  const world = await aWorld();
  for (let count = 0; count < 45; count += 1) await world.buy();
  await world.sweep(1);
  const whole = await world.hand({ scope: "full" });
  let [answer, calls, looked] = [await world.brief("full"), 1, 0];
  for (looked = answer.looked; await world.unfinished("full"); calls += 1) {
    world.on.clock.advance(minutes(15));
    answer = await world.brief("recent");
    looked += answer.looked;
  }
  expect(calls).toBeGreaterThan(3);
  expect(looked).toBeGreaterThanOrEqual(whole.looked);
});

test("of two calls at once one works, and a call that died is taken over once its lease is over", async () => {
  const world = await aWorld();
  await world.buy();
  await world.sweep(1);
  const both: Counts[] = await Promise.all([world.schedule("full"), world.schedule("full")]);
  expect(both.map(({ looked }) => looked > 0).sort()).toEqual([false, true]);
  await world.brief("full");
  expect((await world.schedule("full")).looked).toBe(0);
  world.on.clock.advance(minutes(5));
  expect((await world.schedule("full")).looked).toBeGreaterThan(0);
});

test("books count as compared by who has compared them all, not by who was called", async () => {
  const world = await aWorld();
  await world.buy();
  const comparing = async (on: object = {}) => {
    const before = world.on.counted.length;
    world.on.clock.advance(minutes(15));
    await shopOn({ ...world.process, ...on })
      .reconcile({ scope: "recent" })
      .catch(() => undefined);
    return world.on.counted.slice(before);
  };
  expect(await comparing()).toEqual(["BooksCompared"]);
  const away = async () => Promise.reject(new Error("the table is away"));
  expect(await comparing({ table: { ...world.process.table, query: away } })).toEqual([]);
  const unreadable = { ...aStore(), id: "store_2", list: "stores", listAt: 0, currency: 7 };
  await world.on.table.commit([
    { table: "access", key: { pk: unreadable.id, sk: "store" }, change: { put: unreadable } },
  ]);
  expect(await comparing()).toEqual([]);
  expect(world.on.logged.at(-1)).toMatchObject({
    message: "a store cannot be read",
    fields: { storeId: unreadable.id },
  });
});

test("what stays rings at each look with its ids until it is over, and then is listed no more", async () => {
  const world = await aWorld();
  const bought = await world.buy();
  await world.sweep(1);
  const before = world.stripe.intents()[0];
  await injections.currency(world, bought, seededRandom("x"));
  await world.schedule();
  expect([world.rings(), (await world.open()).length]).toEqual([0, 1]);
  // Too soon after the first look to tell it from what is under way.
  world.on.clock.advance(minutes(5));
  await world.schedule();
  expect(world.rings()).toBe(0);
  for (let look = 1; look <= 3; look += 1) {
    world.on.clock.advance(minutes(15));
    await world.schedule();
    expect(world.rings()).toBe(look);
  }
  expect(world.on.logged.filter(({ message }) => message === "books diverge").at(-1)?.fields).toMatchObject({
    code: "currency",
    orderId: bought.orderId,
  });
  if (before) world.stripe.state.put("intent", before);
  world.on.clock.advance(minutes(15));
  await world.schedule();
  expect([world.rings(), await world.open()]).toEqual([3, []]);
});

test("books that Stripe does not show ring too, and nothing is concluded from them", async () => {
  const world = await aWorld();
  await world.buy();
  await world.sweep(1);
  world.stripe.fail({ match: "GET ", kind: "timeout", times: 1_000 });
  for (let look = 0; look < 2; look += 1) {
    await world.schedule("full");
    world.on.clock.advance(minutes(15));
  }
  await world.schedule();
  expect((await world.open()).map(({ divergence }) => divergence)).toEqual([
    { kind: "stuck_execution", ids: { due: "test books" } },
  ]);
  expect(world.rings()).toBeGreaterThan(0);
});
