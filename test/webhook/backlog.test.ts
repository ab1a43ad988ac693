import { beforeEach, expect, test } from "vitest";
import type { Write } from "#functions/runtime/table.ts";
import { savedDelivery } from "#functions/webhook/delivery.store.ts";
import { Delivery, reopened } from "#functions/webhook/delivery.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import { answer, type World, webhookWorld } from "./world.ts";

let world: World;
let endpoint: Endpoint;
let events: string[];
const orders = async (count: number) => {
  while (events.length < count) {
    const event = await world.record(1, { subject: `ord_${String(events.length).padStart(26, "0")}` });
    await world.fanOut(event);
    events.push(event.id);
    world.platform.clock.advance(10);
  }
};
/** Of these nobody is woken for any: what waits is found by whoever goes on, or not at all. */
beforeEach(async () => {
  world = webhookWorld();
  endpoint = await world.endpoint();
  world.loseWakeUps(true);
  events = [];
  await orders(3);
});

const rowOf = (order: number) =>
  Delivery.parse(world.deliveries().find(({ eventId }) => eventId === events[order]));
const waitsFrom = (order: number, also: readonly Write[] = []) => {
  const change = { set: { backlogFrom: rowOf(order).createdAt }, add: { version: 1 } };
  const key = { pk: endpoint.id, sk: "pace" };
  return world.platform.table.commit([{ table: "webhooks", key, change }, ...also]);
};
const deliver = (order: number) => world.deliver({ endpointId: endpoint.id, eventId: events[order] ?? "" });
const told = () => world.calls.map(({ headers }) => events.indexOf(headers["webhook-id"] ?? ""));

test("whoever is woken for one that has its own time goes on with what waits", async () => {
  world.receivers.set(endpoint.url, (_, count) => answer(count === 1 ? 500 : 200));
  await deliver(0);
  expect(told()).toEqual([0]);
  await waitsFrom(1);
  await deliver(0);
  expect(told().sort()).toEqual([0, 1, 2]);
});

test("whoever is woken for one that waits for the one before it goes on with what waits", async () => {
  await world.record(2, { subject: `ord_${"9".repeat(26)}` });
  const follower = await world.record(3, { subject: `ord_${"9".repeat(26)}` });
  await world.fanOut(follower);
  await deliver(0);
  await waitsFrom(1);
  await world.deliver({ endpointId: endpoint.id, eventId: follower.id });
  expect(told().sort()).toEqual([0, 1, 2]);
});

test("what found no slot after it was passed is gone back for", async () => {
  world.receivers.set(endpoint.url, (_, count) => {
    if (count === 2) void waitsFrom(0);
    return answer(200);
  });
  await deliver(1);
  await waitsFrom(2);
  await deliver(1);
  expect(told()).toEqual([1, 2, 0]);
});

test("what was passed pages ago and is wanted again waits for nobody's second look", async () => {
  const count = 40;
  await orders(count);
  world.receivers.set(endpoint.url, (_, calls) => {
    if (calls === count - 2)
      void waitsFrom(3, [savedDelivery(rowOf(3), reopened(rowOf(3), world.platform.now()))]);
    return answer(200);
  });
  await deliver(0);
  await waitsFrom(0);
  await deliver(0);
  expect(told().filter((order) => order === 3)).toHaveLength(2);
  expect(new Set(told()).size).toBe(count);
});
