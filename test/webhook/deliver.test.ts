import { Webhook } from "standardwebhooks";
import { beforeEach, expect, test, vi } from "vitest";
import type { Table } from "#functions/runtime/table.ts";
import { days, hours, minutes, seconds } from "#functions/values/clock.ts";
import { newId } from "#functions/values/id.ts";
import { endpointStore, removedEndpoint } from "#functions/webhook/endpoint.store.ts";
import { seededBytes } from "#test/fakes/memory-platform.ts";
import { answer, principalId, storeId, type World, webhookWorld } from "./world.ts";

let world: World;
beforeEach(() => {
  world = webhookWorld();
});
const statuses = () => world.deliveries().map((row) => row["status"]);

test("a store's endpoint gets the event, signed so that Standard Webhooks verifies it", async () => {
  const endpoint = await world.endpoint();
  const event = await world.record();
  await world.fanOut(event);
  await world.run(0);
  const [call] = world.calls;
  expect(call).toMatchObject({ url: endpoint.url, method: "POST", headers: { "webhook-id": event.id } });
  vi.setSystemTime(world.platform.now());
  const verified = new Webhook(world.secrets.get(endpoint.id)!).verify(call!.body!, call!.headers);
  vi.useRealTimers();
  expect(verified).toEqual({ ...event, timestamp: new Date(event.occurredAt).toISOString() });
  expect(statuses()).toEqual(["delivered"]);
});

test("an event that comes twice is delivered once", async () => {
  await world.endpoint();
  const event = await world.record();
  await world.fanOut(event);
  await world.fanOut(event);
  await world.run(hours(1));
  expect(world.calls).toHaveLength(1);
});

test("two wake-ups at once make one attempt", async () => {
  await world.endpoint();
  await world.fanOut(await world.record());
  const [message] = world.queue.splice(0);
  await Promise.all([world.deliver(message!.id), world.deliver(message!.id)]);
  expect(world.calls).toHaveLength(1);
});

test("who may not hear of it gets nothing: other filter, other store, other mode, later, disabled", async () => {
  const stranger = newId("store", seededBytes(9)) as typeof storeId;
  await world.endpoint({ events: ["order.canceled", "stock.depleted"] });
  await world.endpoint({ storeId: stranger });
  await world.endpoint({ livemode: true });
  await world.endpoint({ createdAt: world.platform.now() + 1 });
  const off = await world.endpoint({ status: "disabled" });
  await world.fanOut(await world.record());
  await world.run(hours(1));
  expect(world.calls).toEqual([]);
  // What it misses is kept for a replay.
  expect(world.deliveries()).toMatchObject([
    { endpointId: off.id, status: "canceled", reason: "endpoint_disabled" },
  ]);
});

test("all of one subject can be asked for", async () => {
  const orders = await world.endpoint({ events: ["order.*"] });
  await world.endpoint({ events: ["payment.*", "refund.*"] });
  await world.fanOut(await world.record());
  await world.run(0);
  expect(world.calls.map(({ url }) => url)).toEqual([orders.url]);
});

test("an event waits for none from before its endpoint asked for them", async () => {
  const [first, second] = [await world.record(1), await world.record(2)];
  await world.endpoint({ createdAt: first.occurredAt - 1, listensSince: first.occurredAt + 1 });
  await world.fanOut(second);
  expect(world.deliveries().map((row) => [row["eventId"], row["previousEventId"]])).toEqual([
    [second.id, undefined],
  ]);
});

test("an agent's endpoint hears of its own orders only, and of nothing else", async () => {
  const own = await world.endpoint({ kind: "acp", principalId });
  await world.endpoint({ kind: "acp", principalId: newId("prn", seededBytes(8)) as typeof principalId });
  await world.fanOut(await world.record());
  await world.run(0);
  expect(world.calls.map(({ url }) => url)).toEqual([own.url]);
  expect(world.calls[0]!.headers["merchant-signature"]).toMatch(/^t=\d{10},v1=[0-9a-f]{64}$/);
  expect(world.calls[0]!.headers["webhook-signature"]).toBeUndefined();
});

test("an event that stands in no outbox reaches nobody, whatever the bus says", async () => {
  await world.endpoint();
  const event = await world.record();
  await world.fanOut({ ...event, version: 7 });
  expect(world.deliveries()).toEqual([]);
});

test("retries repeat id and body to the byte and sign a fresh time", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, (_, count) => (count < 4 ? answer(500) : answer(204)));
  await world.fanOut(await world.record());
  await world.run(hours(1));
  expect(world.calls).toHaveLength(4);
  expect(new Set(world.calls.map(({ body }) => body)).size).toBe(1);
  expect(new Set(world.calls.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(new Set(world.calls.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(4);
  expect(
    world.calls.map(({ at, headers }) => Number(headers["webhook-timestamp"]) - Math.floor(at / 1_000)),
  ).toEqual([0, 0, 0, 0]);
  expect(world.platform.logged.filter(({ level }) => level === "warn")).toEqual([]);
  expect(statuses()).toEqual(["delivered"]);
});

test("follows the schedule for thirty days, then parks the delivery and keeps the event", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, () => answer(503));
  const event = await world.record();
  await world.fanOut(event);
  await world.run(days(31));
  const gaps = world.calls.slice(1).map(({ at }, index) => at - world.calls[index]!.at);
  const wanted = [
    seconds(5),
    minutes(5),
    minutes(30),
    hours(2),
    hours(5),
    hours(10),
    hours(14),
    hours(20),
    hours(24),
  ];
  for (const [index, gap] of gaps.entries()) {
    const middle = wanted[index] ?? hours(24);
    expect(gap).toBeGreaterThanOrEqual(middle * 0.8 - 1);
    // A long wait ends with the sweeper's next minute, a short one with the queue's next second.
    expect(gap).toBeLessThanOrEqual(middle * 1.2 + minutes(1));
  }
  expect(world.calls.length).toBeGreaterThan(30);
  expect(statuses()).toEqual(["parked"]);
  expect(world.deliveries()[0]!["due"]).toBeUndefined();
  expect(world.platform.table.rows("outbox").map((row) => row["id"])).toContain(event.id);
});

test("410 disables the endpoint and cancels what is on its way", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, () => answer(410));
  await world.fanOut(await world.record(1));
  await world.fanOut(await world.record(2));
  await world.run(hours(1));
  expect(world.calls).toHaveLength(1);
  expect(statuses()).toEqual(["canceled", "canceled"]);
  const stored = await endpointStore(world.platform.table).get(storeId, endpoint.id);
  expect(stored).toMatchObject({ status: "disabled", disabledReason: "gone" });
});

test("410 from an endpoint that was removed meanwhile ends the delivery all the same", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, () => {
    void world.platform.table.commit([removedEndpoint(endpoint)]);
    return answer(410);
  });
  await world.fanOut(await world.record());
  await world.run(0);
  expect(statuses()).toEqual(["canceled"]);
});

test("an endpoint that was removed gets nothing any more", async () => {
  const endpoint = await world.endpoint();
  await world.fanOut(await world.record());
  await world.platform.table.commit([removedEndpoint(endpoint)]);
  await world.run(hours(1));
  expect(world.calls).toEqual([]);
  expect(statuses()).toEqual(["canceled"]);
});

test("Retry-After holds the next attempt back", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, (_, count) =>
    count === 1 ? answer(429, { "retry-after": "3600" }) : answer(200),
  );
  await world.fanOut(await world.record());
  await world.run(hours(2));
  expect(world.calls[1]!.at - world.calls[0]!.at).toBeGreaterThanOrEqual(hours(1));
});

test("Retry-After holds its own delivery back for longer than its endpoint: that one is back sooner for others", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, (_, count) => answer(count === 1 ? 429 : 200, { "retry-after": "7200" }));
  const start = world.platform.now();
  await world.fanOut(await world.record());
  await world.run(minutes(30));
  await world.fanOut(await world.record(1, { subject: `ord_${"1".padStart(26, "0")}` }));
  await world.run(hours(4));
  const [, other, again] = world.calls.map(({ at }) => (at - start) / hours(1));
  expect(Math.floor(other ?? 0)).toBe(1);
  expect(again).toBeGreaterThanOrEqual(2);
  expect(statuses()).toEqual(["delivered", "delivered"]);
});

test("what was asked to wait waits no longer than that, once its endpoint is back", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, (_, count) => answer(count > 5 ? 200 : 503, { "retry-after": "7200" }));
  await world.fanOut(await world.record());
  await world.run(hours(8) + minutes(30));
  expect(world.calls).toHaveLength(5);
  await world.fanOut(await world.record(1, { subject: `ord_${"1".padStart(26, "0")}` }));
  await world.run(hours(4));
  const [asked, , again] = world.calls.slice(4).map(({ at }) => at);
  expect((again ?? 0) - (asked ?? 0)).toBeGreaterThanOrEqual(hours(2));
  expect((again ?? 0) - (asked ?? 0)).toBeLessThan(hours(2) + minutes(2));
});

test("a receiver has fifteen seconds, and 4 kB of its answer are read", async () => {
  await world.endpoint();
  await world.fanOut(await world.record());
  await world.run(0);
  expect(world.calls).toMatchObject([{ timeoutMs: 15_000, maxResponseBytes: 4_096 }]);
});

test("a redirect is a failed attempt", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, () => answer(302, { location: "https://elsewhere.example.com/" }));
  await world.fanOut(await world.record());
  await world.run(0);
  expect(statuses()).toEqual(["waiting"]);
});

test("what waited for the one before goes out as soon as that has", async () => {
  await world.endpoint();
  const [first, second] = [await world.record(1), await world.record(2)];
  await world.fanOut(second);
  await world.run(0);
  expect(world.calls).toEqual([]);
  await world.fanOut(first);
  await world.run(0);
  expect(world.calls.map(({ headers }) => headers["webhook-id"])).toEqual([first.id, second.id]);
});

test("an order's events arrive in order though their fan-out did not", async () => {
  await world.endpoint();
  const [placed, confirmed] = [await world.record(1), await world.record(2)];
  await world.fanOut(confirmed);
  await world.run(seconds(3));
  expect(world.calls).toEqual([]);
  await world.fanOut(placed);
  await world.run(minutes(1));
  expect(world.calls.map(({ headers }) => headers["webhook-id"])).toEqual([placed.id, confirmed.id]);
  expect(world.calls.map(({ headers }) => headers["webhook-previous-id"])).toEqual([undefined, placed.id]);
  expect(world.calls.map(({ headers }) => headers["webhook-out-of-order"])).toEqual([undefined, undefined]);
});

test("an event waits ten minutes for the one before it, then goes out marked", async () => {
  const endpoint = await world.endpoint();
  const [placed, confirmed] = [await world.record(1), await world.record(2)];
  world.receivers.set(endpoint.url, ({ headers }) => answer(headers["webhook-id"] === placed.id ? 500 : 200));
  await world.fanOut(placed);
  await world.fanOut(confirmed);
  const start = world.platform.now();
  await world.run(minutes(15));
  const second = world.calls.filter(({ headers }) => headers["webhook-id"] === confirmed.id);
  expect(second).toHaveLength(1);
  expect(second[0]!.headers["webhook-out-of-order"]).toBe("true");
  expect(second[0]!.at - start).toBeGreaterThanOrEqual(minutes(10));
  // The queue counts whole seconds.
  expect(second[0]!.at - start).toBeLessThanOrEqual(minutes(10) + seconds(1));
});

test("waits no longer than that, whenever it was looked at last", async () => {
  const { id: endpointId } = await world.endpoint();
  await world.record(1);
  const confirmed = await world.record(2);
  await world.fanOut(confirmed);
  const start = world.platform.now();
  world.loseWakeUps(true);
  world.platform.clock.advance(minutes(9) + seconds(50));
  await world.run(0);
  world.loseWakeUps(false);
  await world.deliver({ endpointId, eventId: confirmed.id });
  await world.run(seconds(59));
  expect(world.calls.map(({ at }) => at - start)).toEqual([minutes(10)]);
});

test("waits for nothing that this endpoint does not hear of", async () => {
  await world.endpoint({ events: ["order.confirmed"] });
  await world.record(1);
  await world.fanOut(await world.record(2));
  await world.run(0);
  expect(world.calls).toHaveLength(1);
  expect(world.calls[0]!.headers).not.toHaveProperty("webhook-previous-id");
});

test("one endpoint that is down holds up no other", async () => {
  const down = await world.endpoint();
  const up = await world.endpoint();
  world.receivers.set(down.url, () => ({ answered: false, reason: "timeout" }));
  await world.fanOut(await world.record(1));
  await world.fanOut(await world.record(2));
  await world.run(seconds(5));
  expect(world.calls.filter(({ url }) => url === up.url)).toHaveLength(2);
});

test("an event that the outbox no longer has is parked", async () => {
  await world.endpoint();
  await world.fanOut(await world.record());
  const [row] = world.platform.table.rows("outbox");
  await world.platform.table.commit(
    [{ table: "outbox", key: row!, change: { remove: true } }].map(
      (write) => ({ ...write, key: { pk: row!.pk, sk: row!.sk } }) as never,
    ),
  );
  await world.run(0);
  expect(world.deliveries()).toMatchObject([{ status: "parked", reason: "event_expired" }]);
});

test("what is at rest holds neither body nor secret", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, () => answer(500));
  await world.fanOut(await world.record());
  await world.run(0);
  const text = JSON.stringify(world.platform.table.rows("webhooks"), (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
  );
  expect(text).not.toContain(world.calls[0]!.body!);
  expect(text).not.toContain(world.secrets.get(endpoint.id));
  expect(JSON.stringify(world.platform.logged)).not.toContain(endpoint.url);
});

test("lost wake-ups delay a delivery by minutes and never lose it", async () => {
  await world.endpoint();
  world.loseWakeUps(true);
  await world.fanOut(await world.record());
  expect(world.queue).toEqual([]);
  world.loseWakeUps(false);
  await world.run(minutes(3));
  expect(statuses()).toEqual(["delivered"]);
});

test("a sender that dies in the middle of an attempt is followed by another", async () => {
  const endpoint = await world.endpoint();
  world.receivers.set(endpoint.url, (_, count) => {
    if (count === 1) throw new Error("killed");
    return answer(200);
  });
  await world.fanOut(await world.record());
  const [message] = world.queue.splice(0);
  await expect(world.deliver(message!.id)).rejects.toThrow("killed");
  await world.deliver(message!.id);
  expect(world.calls).toHaveLength(1);
  await world.run(minutes(10));
  expect(world.calls).toHaveLength(2);
  expect(statuses()).toEqual(["delivered"]);
});

test("a row that nobody can read ends no sweep", async () => {
  await world.endpoint();
  world.loseWakeUps(true);
  await world.fanOut(await world.record(1));
  world.loseWakeUps(false);
  await world.platform.table.commit([
    { table: "webhooks", key: { pk: "x", sk: "delivery" }, change: { put: { due: "delivery#0", dueAt: 1 } } },
  ]);
  await world.run(minutes(3));
  expect(statuses()).toContain("delivered");
  expect(world.platform.logged.filter(({ level }) => level === "error")).toHaveLength(1);
});

test("the sweeper wakes nobody for a delivery that the index still shows but that is over", async () => {
  await world.endpoint();
  await world.fanOut(await world.record());
  await world.run(0);
  const [over] = world.deliveries();
  const lagging: Table["query"] = async (name, query) =>
    query.index === "due" && query.pk === "delivery#0"
      ? { rows: [{ pk: over!.pk, sk: over!.sk, dueAt: 0 }] }
      : world.platform.table.query(name, query);
  world.through({ ...world.platform.table, query: lagging });
  expect(await world.sweep()).toBe(0);
  expect(world.queue).toEqual([]);
});

/** Dies at the n-th commit, before or after it took effect. */
const dying = (table: Table, at: number, when: "before" | "after"): Table => {
  let commits = 0;
  return {
    ...table,
    commit: async (writes) => {
      commits += 1;
      if (commits === at && when === "before") throw new Error("killed");
      await table.commit(writes);
      if (commits === at) throw new Error("killed");
    },
  };
};

const crashes = (["before", "after"] as const).flatMap((when) =>
  [1, 2, 3, 4, 5, 6].map((at) => [when, at] as const),
);
test.each(crashes)(
  "killed %s write %d, everything still arrives, and everything is over",
  async (when, at) => {
    const endpoint = await world.endpoint();
    const acp = await world.endpoint({ kind: "acp", principalId });
    const events = [await world.record(1), await world.record(2)];
    world.through(dying(world.platform.table, at, when));
    const alive = async (work: () => Promise<unknown>) =>
      work().catch(() => world.through(world.platform.table));
    for (const event of events) {
      // The bus's queue gives a message again until its function ends well.
      await alive(() => world.fanOut(event));
      await alive(() => world.fanOut(event));
    }
    for (const { id } of world.queue.splice(0)) await alive(() => world.deliver(id));
    world.through(world.platform.table);
    await world.run(minutes(20));
    for (const { url } of [endpoint, acp]) {
      expect(world.calls.filter((call) => call.url === url).length).toBeGreaterThanOrEqual(2);
    }
    const seen = world.calls.map(({ headers }) => headers["webhook-id"]);
    for (const { id } of events) expect(seen).toContain(id);
    expect(statuses()).toEqual(["delivered", "delivered", "delivered", "delivered"]);
  },
);
