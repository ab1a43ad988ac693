import { beforeEach, expect, test } from "vitest";
import { days, hours, minutes } from "#functions/values/clock.ts";
import { getEndpoint } from "#functions/webhook/read-endpoints.ts";
import { aCaller } from "#test/examples.ts";
import { answer, principalId, storeId, type World, webhookWorld } from "./world.ts";

let world: World;
beforeEach(() => {
  world = webhookWorld();
});

const warnings = () => world.platform.table.rows("outbox").filter(({ type }) => type === "endpoint.failed");
const health = async (id: string) => {
  const caller = { ...aCaller(), storeId };
  const { body } = await getEndpoint(world.collaborators())({ caller, params: { id } });
  return (body as { health: object }).health;
};

test("its store is told after an hour, a day and three days of failure, once each, and somebody hears an alarm", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, () => answer(500));
  await world.fanOut(await world.record());
  await world.run(minutes(59));
  expect(warnings()).toEqual([]);
  await world.run(days(5));
  expect(warnings().map(({ data }) => (data as unknown as { hours: number }).hours)).toEqual([1, 24, 72]);
  expect(world.platform.counted).toEqual(["EndpointFailing", "EndpointFailing", "EndpointFailing"]);
});

test("the others hear of it, and the one that fails does not", async () => {
  const failing = await world.endpoint();
  const other = await world.endpoint();
  world.receivers.set(failing.url, () => answer(500));
  await world.fanOut(await world.record());
  await world.run(hours(1) + minutes(1));
  world.calls.length = 0;
  await world.fanOut(warnings()[0] as never);
  await world.run(0);
  expect(world.calls.map(({ url }) => url)).toEqual([other.url]);
});

test("one success in between, and it begins anew", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, (_, count) => answer(count === 4 ? 200 : 500));
  await world.fanOut(await world.record(1));
  await world.run(minutes(50));
  await world.fanOut(await world.record(2));
  await world.run(minutes(59));
  expect(warnings()).toEqual([]);
});

test("shows success rate and latency by day, since when it fails, and how long it is left alone", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, (_, count) => {
    world.platform.clock.set(world.platform.now() + (count === 1 ? 100 : 300));
    return answer(count === 1 ? 200 : 503);
  });
  await world.fanOut(await world.record(1));
  await world.run(0);
  await world.fanOut(await world.record(2));
  await world.run(minutes(1));
  expect(await health(endpoint.id)).toMatchObject({
    failingSince: expect.stringMatching(/^2026-11-23T12:00:/),
    days: [{ day: "2026-11-23", attempts: 3, successRate: 0.3333, averageLatencyMs: 233, slowestMs: 300 }],
  });
  await world.run(hours(9));
  await world.fanOut(await world.record(3));
  await world.run(minutes(1));
  expect(await health(endpoint.id)).toHaveProperty("restsUntil");
});

test("one that has failed five times is asked by one delivery at a time, and back it gets at once all that waits", async () => {
  const endpoint = await world.endpoint();
  let down = true;
  world.receivers.set(endpoint.url, () => answer(down ? 500 : 200));
  for (let order = 0; order < 20; order += 1)
    await world.fanOut(await world.record(1, { subject: `ord_${String(order).padStart(26, "0")}` }));
  await world.run(hours(12));
  // Twenty with eight attempts each would be 160; it is asked every five minutes at most.
  expect(world.calls.length).toBeLessThan(120);
  down = false;
  await world.run(hours(2));
  expect(new Set(world.deliveries().map(({ status }) => status))).toEqual(new Set(["delivered"]));
});

test("a newer snapshot closes those before it that still wait; none of them goes out after it", async () => {
  const endpoint = await world.endpoint({ kind: "acp", principalId });
  let down = true;
  world.receivers.set(endpoint.url, () => answer(down ? 500 : 200));
  for (const version of [1, 2, 3]) {
    await world.fanOut(await world.record(version));
    await world.run(minutes(1));
  }
  expect(world.deliveries().map(({ status }) => status)).toEqual(["superseded", "superseded", "waiting"]);
  down = false;
  world.calls.length = 0;
  await world.run(days(2));
  expect(world.calls).toHaveLength(1);
});

test("a newer snapshot closes all before it, though none of them was tried yet", async () => {
  const endpoint = await world.endpoint({ kind: "acp", principalId });
  world.loseWakeUps(true);
  const events = [];
  for (const version of [1, 2, 3]) events.push(await world.record(version));
  for (const event of events) await world.fanOut(event);
  world.loseWakeUps(false);
  await world.deliver({ endpointId: endpoint.id, eventId: events[2]?.id ?? "" });
  expect(world.deliveries().map(({ status }) => status)).toEqual(["superseded", "superseded", "delivered"]);
  await world.run(minutes(20));
  expect(world.calls).toHaveLength(1);
});

test("a snapshot waits for one that is in flight", async () => {
  const endpoint = await world.endpoint({ kind: "acp", principalId });
  const second = await world.record(2);
  world.receivers.set(endpoint.url, (_, count) => {
    if (count === 1) void world.fanOut(second);
    return answer(200);
  });
  await world.fanOut(await world.record(1));
  await world.run(minutes(1));
  expect(world.deliveries().map(({ status }) => status)).toEqual(["delivered", "delivered"]);
});
