import { beforeEach, expect, test } from "vitest";
import { minutes } from "#functions/values/clock.ts";
import { listDeliveries } from "#functions/webhook/list-deliveries.ts";
import { webhookRoutes } from "#functions/webhook/routes.ts";
import { answer, storeId, type World, webhookWorld } from "./world.ts";

let world: World;
beforeEach(() => {
  world = webhookWorld();
});

const list = async (id: string, asked: object = {}, caller: object = { storeId }) => {
  const query = webhookRoutes.listDeliveries.query.parse(asked);
  const { body } = await listDeliveries(world.collaborators())({ caller, params: { id }, query } as never);
  return webhookRoutes.listDeliveries.answers[200].parse(body);
};
const saying = (status: number, text: string | Uint8Array) => () => ({
  ...answer(status),
  body: Buffer.from(text),
});
const events = async (count: number) => {
  for (let version = 1; version <= count; version += 1) {
    await world.fanOut(await world.record(version));
    await world.run(minutes(1));
  }
};

test("tells of each delivery how it stands and how it was answered, newest first", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, (_, count) => {
    world.platform.clock.set(world.platform.now() + 120);
    return count === 1 ? answer(200) : saying(500, "no room\u0007 for ü")();
  });
  await events(2);
  const { deliveries, next } = await list(endpoint.id);
  expect(deliveries).toMatchObject([
    {
      type: "order.confirmed",
      status: "waiting",
      attempts: 2,
      httpStatus: 500,
      latencyMs: 120,
      answer: "no room  for",
      previousEventId: deliveries[1]?.eventId,
    },
    { type: "order.placed", status: "delivered", attempts: 1, httpStatus: 200, latencyMs: 120 },
  ]);
  expect(next).toBeUndefined();
});

test("keeps 256 bytes of an answer, none that must not be kept, and nothing of what was sent", async () => {
  const endpoint = await world.endpoint();
  const answers = ["x".repeat(4_096), "no such buyer ada@example.com", "\u0000\u0001"];
  world.receivers.set(endpoint.url, (_, count) => saying(200, answers[count - 1] ?? "")());
  await events(3);
  const { deliveries } = await list(endpoint.id);
  expect(deliveries.map(({ answer: text }) => text)).toEqual([undefined, undefined, "x".repeat(256)]);
  expect(JSON.stringify(world.deliveries())).not.toContain("ada@");
});

test("pages go on where the one before ended, whatever is written meanwhile", async () => {
  const endpoint = await world.endpoint();
  await events(5);
  const all = (await list(endpoint.id)).deliveries.map(({ eventId }) => eventId);
  const first = await list(endpoint.id, { limit: "2" });
  await world.fanOut(await world.record(6));
  const second = await list(endpoint.id, { limit: "2", after: first.next });
  const third = await list(endpoint.id, { limit: "2", after: second.next });
  const paged = [first, second, third].flatMap(({ deliveries }) => deliveries.map(({ eventId }) => eventId));
  expect(paged).toEqual(all);
});

test("are found by status and by time", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, (_, count) => answer(count === 1 ? 200 : 503));
  const began = world.platform.now();
  await events(3);
  const waiting = await list(endpoint.id, { status: "waiting", limit: "1" });
  expect(waiting.deliveries).toHaveLength(1);
  const rest = await list(endpoint.id, { status: "waiting", after: waiting.next });
  expect(rest.deliveries.map(({ type }) => type)).toEqual(["order.confirmed"]);
  const upTo = new Date(began).toISOString();
  expect((await list(endpoint.id, { to: upTo })).deliveries.map(({ type }) => type)).toEqual([
    "order.placed",
  ]);
});

test("another store's are not there, nor is a place that no page named", async () => {
  const endpoint = await world.endpoint();
  await expect(list(endpoint.id, {}, { storeId: "store_1" })).rejects.toMatchObject({ code: "not_found" });
  await expect(list(endpoint.id, { after: "1.x" })).rejects.toMatchObject({ code: "invalid" });
});
