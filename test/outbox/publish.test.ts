import { beforeEach, expect, test } from "vitest";
import { recordEvent, times } from "#functions/outbox/outbox.ts";
import { publishEvents } from "#functions/outbox/publish-events.ts";
import { sweepOutbox } from "#functions/outbox/sweep-outbox.ts";
import { streamHandler } from "#functions/runtime/stream-handler.ts";
import type { Key, Table } from "#functions/runtime/table.ts";
import { newId } from "#functions/values/id.ts";
import { memoryBus } from "#test/fakes/memory-bus.ts";
import { aContext, memoryPlatform, seededBytes } from "#test/fakes/memory-platform.ts";
import { anOrderPlaced } from "./an-event.ts";

let platform = memoryPlatform();
let bus = memoryBus();
const on = () => ({ ...platform, put: bus.put });
const random = seededBytes(7);
const unpublished = () => platform.table.rows("outbox").filter((row) => row["due"] !== undefined);

const record = async (count = 1, age = times.grace) => {
  const writes = Array.from({ length: count }, (_, index) =>
    recordEvent(
      anOrderPlaced({ subject: newId("ord", random), occurredAt: platform.now() - age - count + index }),
    ),
  );
  for (const write of writes) await platform.table.commit([write]);
  return writes.map(({ key }) => key);
};

const wake = ({ pk, sk }: Key) =>
  streamHandler(platform, (key) => publishEvents(on())([key]))(
    { Records: [{ eventName: "INSERT", dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } } }] },
    aContext(),
  );

beforeEach(() => {
  platform = memoryPlatform();
  bus = memoryBus();
});

test("an event goes to the bus as its envelope and leaves the index", async () => {
  const keys = await record();
  await wake(keys[0]!);
  expect(bus.events).toMatchObject([{ type: "order.placed", version: 1 }]);
  expect(Object.keys(bus.events[0]!)).not.toContain("due");
  expect(unpublished()).toEqual([]);
});

test("a wake-up that comes twice publishes once", async () => {
  const [key] = await record();
  await wake(key!);
  await wake(key!);
  expect(bus.events).toHaveLength(1);
});

test("a bus that is away blocks no stream, and the sweeper publishes later", async () => {
  const [key] = await record();
  bus.fail("throw");
  expect(await wake(key!)).toEqual({ batchItemFailures: [] });
  expect(platform.logged.filter(({ level }) => level === "error")).toHaveLength(1);
  bus.fail(undefined);
  expect(await sweepOutbox(on())()).toBe(1);
  expect(unpublished()).toEqual([]);
});

test("an event whose answer was lost is published again, never forgotten", async () => {
  const [key] = await record();
  bus.fail("lose-answer");
  await wake(key!);
  bus.fail(undefined);
  await sweepOutbox(on())();
  expect(bus.events.map(({ id }) => id)).toEqual([bus.events[0]!.id, bus.events[0]!.id]);
});

test("a crash after the bus took it and before the row says so publishes twice, never not", async () => {
  const [key] = await record();
  const dying: Table = { ...platform.table, commit: () => Promise.reject(new Error("killed")) };
  await expect(publishEvents({ ...on(), table: dying })([key!])).rejects.toThrow("killed");
  expect(await sweepOutbox(on())()).toBe(1);
  expect(bus.events).toHaveLength(2);
});

test("entries that the bus refuses rest a minute while the others go out", async () => {
  await record(25);
  const poison = platform.table
    .rows("outbox")
    .slice(0, 3)
    .map((row) => row["id"]);
  bus.fail(({ id }) => poison.includes(id));
  expect(await sweepOutbox(on())()).toBe(22);
  expect(unpublished().map((row) => row["dueAt"])).toEqual(Array(3).fill(platform.now() + times.rest));
  bus.fail(undefined);
  expect(await sweepOutbox(on())()).toBe(0);
  platform.clock.advance(times.rest);
  expect(await sweepOutbox(on())()).toBe(3);
});

test("a row that nobody can read rests too and ends no run", async () => {
  const [key] = await record(2);
  await platform.table.commit([{ table: "outbox", key: key!, change: { set: { version: "broken" } } }]);
  expect(await sweepOutbox(on())()).toBe(1);
  expect(platform.logged.filter(({ level }) => level === "error")).toHaveLength(1);
  expect(unpublished()).toHaveLength(1);
});

test("the sweeper leaves fresh events to the stream", async () => {
  await record(1, 0);
  expect(await sweepOutbox(on())()).toBe(0);
  platform.clock.advance(times.grace);
  expect(await sweepOutbox(on())()).toBe(1);
});

test("sweeps more than a page, the oldest first", async () => {
  await record(900);
  expect(await sweepOutbox(on())()).toBe(900);
  const first = bus.events.slice(0, 400).map(({ occurredAt }) => occurredAt);
  expect(first).toEqual(first.toSorted((left, right) => left - right));
});

test("a run ends when its time is up", async () => {
  await record(900);
  const put: typeof bus.put = (events) => {
    platform.clock.advance(5_000);
    return bus.put(events);
  };
  const slow = { ...on(), put };
  const count = await sweepOutbox(slow)();
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(900);
});
