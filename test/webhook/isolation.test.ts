import { expect, test } from "vitest";
import { days, hours, minutes, seconds } from "#functions/values/clock.ts";
import type { RenderBody } from "#functions/webhook/kinds.ts";
import { replayDeliveries } from "#functions/webhook/replay-deliveries.ts";
import { effort } from "#test/effort.ts";
import { aCaller, someFacts } from "#test/examples.ts";
import { storeId } from "../outbox/an-event.ts";
import { crowd } from "./crowd.ts";

const p99 = (all: readonly number[]): number =>
  [...all].sort((left, right) => left - right)[Math.ceil(all.length * 0.99) - 1] ?? Number.NaN;

/** Five orders a second, told to a hundred endpoints: how long it takes until the 98 others have heard. */
const neighbors = async (areTwoBad: boolean) => {
  const orders = effort(300, 15);
  const world = crowd(7, (url) => {
    if (areTwoBad && url.includes("hangs")) return "hangs";
    if (areTwoBad && url.includes("fails")) return { afterMs: 20, status: 500 };
    return { afterMs: 40 + (url.charCodeAt(9) % 60), status: 200 };
  });
  world.sweepEvery(minutes(1));
  for (const name of ["hangs", "fails", ...Array.from({ length: 98 }, (_, index) => `n${index}`)])
    await world.endpoint(name);
  const placed = new Map<string, number>();
  for (let order = 0; order < orders; order += 1) {
    world.later(order * 200, async () => {
      const { subject, at } = await world.order();
      placed.set(subject, at);
    });
  }
  await world.pass(orders * 200 + minutes(2));
  const heard = world.receipts.filter(({ url }) => /\/\/n\d/.test(url));
  expect(heard).toHaveLength(98 * orders);
  return { world, latency: p99(heard.map(({ subject, at }) => at - (placed.get(subject) ?? 0))) };
};

test("of a hundred endpoints one hangs and one fails for ever: the others' p99 moves by one percent at most", async () => {
  const { latency: alone } = await neighbors(false);
  const { latency: beside, world } = await neighbors(true);
  expect(beside / alone).toBeLessThanOrEqual(1.01);
  for (const [url, peak] of world.peaks) expect([url, peak <= 5]).toEqual([url, true]);
});

test("an endpoint that was down for three days loses nothing, and has all within an hour, five at a time", async () => {
  const count = effort(10_000, 50);
  const began = Date.UTC(2026, 10, 23, 12);
  const back = began + days(3);
  const world = crowd(3, (_, now) =>
    now < back ? { afterMs: 20, status: 503 } : { afterMs: 1_000, status: 200 },
  );
  const { url } = await world.endpoint("shop");
  const sweeps = world.sweepEvery(minutes(10));
  for (let order = 0; order < count; order += 1) world.later((order / count) * days(3), world.order);
  await world.pass(days(3) - minutes(1));
  expect(world.receipts).toEqual([]);
  world.peaks.clear();
  sweeps.from(minutes(1));
  await world.pass(hours(1) + minutes(1));
  expect(new Set(world.receipts.map(({ subject }) => subject)).size).toBe(count);
  expect(world.statuses().filter((status) => status !== "delivered")).toEqual([]);
  expect(world.peaks.get(url)).toBe(5);
  // Its return is tried with one, then with two.
  const [first, second] = world.receipts;
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(seconds(1));
});

test("of one that was down for thirty days all is parked and kept, and one call brings it back", async () => {
  const count = effort(300, 10);
  let down = true;
  const world = crowd(4, () => ({ afterMs: 20, status: down ? 503 : 200 }));
  const { id } = await world.endpoint("shop");
  const sweeps = world.sweepEvery(hours(1));
  for (let order = 0; order < count; order += 1) world.later(order * minutes(1), world.order);
  await world.pass(days(32));
  expect(new Set(world.statuses())).toEqual(new Set(["parked"]));
  down = false;
  sweeps.from(minutes(1));
  const idempotency = { scope: "s", key: "k", canonical: "", raw: "" };
  await replayDeliveries(world.on)({
    caller: { ...aCaller({ role: "integration" }), storeId },
    params: { id },
    body: { only: "failed" },
    request: someFacts({ idempotency }),
  } as never);
  await world.pass(hours(2));
  expect(new Set(world.receipts.map(({ subject }) => subject)).size).toBe(count);
  expect(new Set(world.statuses())).toEqual(new Set(["delivered"]));
});

test("a burst goes out as fast as its receiver answers: nothing waits for a sweeper", async () => {
  const count = effort(2_000, 20);
  const world = crowd(5, () => ({ afterMs: 100, status: 200 }));
  const { url } = await world.endpoint("shop");
  for (let order = 0; order < count; order += 1) world.later(0, world.order);
  await world.pass((count / 5) * 100 * 1.1 + seconds(1));
  expect(world.receipts).toHaveLength(count);
  expect(world.peaks.get(url)).toBe(5);
});

test("a crowd that comes for one endpoint is no queue before its neighbor: each is a group of its own", async () => {
  const world = crowd(8, () => ({ afterMs: 100, status: 200 }), 20);
  await world.endpoint("crowded");
  for (let order = 0; order < 5_000; order += 1) world.later(0, world.order);
  let told = Number.NaN;
  world.later(100, async () => {
    await world.endpoint("quiet");
    told = (await world.order()).at;
  });
  await world.pass(seconds(3));
  const [first] = world.receipts.filter(({ url }) => url.includes("quiet"));
  expect((first?.at ?? Number.NaN) - told).toBeLessThan(1_000);
});

test("what waits for a slot is not looked for again and again: a webhook costs thirty reads at most", async () => {
  const orders = effort(1_000, 50);
  const world = crowd(6, () => ({ afterMs: 100, status: 200 }), 5);
  await world.endpoint("shop");
  for (let order = 0; order < orders; order += 1) world.later(order * 40, () => world.order(2));
  await world.pass(orders * 80 + seconds(1));
  expect(world.receipts).toHaveLength(2 * orders);
  expect(world.reads() / world.receipts.length).toBeLessThanOrEqual(30);
});

test("what a slow receiver keeps waiting costs a read a minute more, however often it is looked for", async () => {
  const world = crowd(6, () => ({ afterMs: 14_000, status: 200 }), 5);
  await world.endpoint("shop");
  world.sweepEvery(minutes(1));
  for (let order = 0; order < 400; order += 1) world.later(order, world.order);
  await world.pass(minutes(20));
  expect(world.receipts).toHaveLength(400);
  expect(world.reads() / world.receipts.length).toBeLessThanOrEqual(45);
});

test("one that cannot be read holds up none of those behind it, and takes no slot with it", async () => {
  const orders = effort(1_000, 10);
  const world = crowd(8, () => ({ afterMs: 100, status: 200 }), 5);
  await world.endpoint("shop");
  const { body } = world.on.kinds.standard;
  const reads: RenderBody = async (event) => {
    if (event.subject.endsWith("00010")) throw new Error("not readable");
    return body(event);
  };
  Object.assign(world.on.kinds.standard, { body: reads });
  for (let order = 0; order < orders; order += 1) world.later(order, world.order);
  await world.pass((orders / 5) * 200 + seconds(1));
  expect(world.receipts).toHaveLength(orders - 1);
});
