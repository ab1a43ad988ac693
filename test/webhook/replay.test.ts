import { beforeEach, describe, expect, test } from "vitest";
import type { Table } from "#functions/runtime/table.ts";
import { days, hours, minutes } from "#functions/values/clock.ts";
import { changedEndpoint, endpointStore } from "#functions/webhook/endpoint.store.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import {
  getReplay,
  NewReplay,
  replayDeliveries,
  resendDelivery,
} from "#functions/webhook/replay-deliveries.ts";
import { aCaller, someFacts } from "#test/examples.ts";
import { answer, storeId, type World, webhookWorld } from "./world.ts";

let world: World;
let asked: number;
beforeEach(() => {
  world = webhookWorld();
  asked = 0;
});

const command = (params: object, more: { body?: object; key?: string; storeId?: string } = {}) => {
  asked += 1;
  return {
    caller: { ...aCaller({ role: "integration" }), storeId: more.storeId ?? storeId },
    params,
    body: more.body && NewReplay.parse(more.body),
    request: someFacts({
      idempotency: { scope: JSON.stringify(params), key: more.key ?? `key-${asked}`, canonical: "", raw: "" },
    }),
  } as never;
};
const resend = (endpoint: Endpoint, eventId: string, more: { key?: string; storeId?: string } = {}) =>
  resendDelivery(world.collaborators())(command({ id: endpoint.id, eventId }, more));
const replay = async (endpoint: Endpoint, body: object, key?: string) => {
  const on = world.collaborators();
  const { body: told } = await replayDeliveries(on)(
    command({ id: endpoint.id }, { body, ...(key && { key }) }),
  );
  return told as { id: string; status: string; resent: number };
};
const look = async (endpoint: Endpoint, replayId: string) =>
  (await getReplay(world.collaborators())(command({ id: endpoint.id, replayId }))).body;

/** Orders by the dozen: each with its first event. */
const orders = async (count: number) => {
  const events = [];
  for (let index = 0; index < count; index += 1) {
    const subject = `ord_${String(index).padStart(26, "0")}`;
    const event = await world.record(1, { subject });
    await world.fanOut(event);
    await world.run(0);
    world.platform.clock.advance(minutes(1));
    events.push(event);
  }
  return events;
};
const switched = async (endpoint: Endpoint, status: Endpoint["status"]) => {
  const before = await endpointStore(world.platform.table).get(endpoint.storeId, endpoint.id);
  await world.platform.table.commit([changedEndpoint(before!, { status })]);
};
const statuses = () => world.deliveries().map(({ status }) => status);
const heard = () => world.calls.map(({ headers }) => headers["webhook-id"]);

describe("one event sent once more", () => {
  test("has its id and its body to the byte, and a fresh time", async () => {
    const endpoint = await world.endpoint();
    const [event] = await orders(1);
    await world.run(hours(1));
    const { status, body } = await resend(endpoint, event!.id);
    expect([status, body]).toMatchObject([202, { eventId: event!.id, status: "pending", attempts: 0 }]);
    await world.run(0);
    const [first, second] = world.calls;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers["webhook-id"]).toBe(event!.id);
    expect(second?.headers["webhook-timestamp"]).not.toBe(first?.headers["webhook-timestamp"]);
    expect(statuses()).toEqual(["delivered"]);
    expect(world.platform.table.rows("audit")).toMatchObject([{ action: "webhook.resent" }]);
  });

  test("is sent once however often the request comes", async () => {
    const endpoint = await world.endpoint();
    const [event] = await orders(1);
    await resend(endpoint, event!.id, { key: "same" });
    await resend(endpoint, event!.id, { key: "same" });
    await world.run(hours(1));
    expect(world.calls).toHaveLength(2);
  });

  test("has thirty days again, after which it is parked again", async () => {
    const endpoint = await world.endpoint();
    world.receivers.set(endpoint.url, () => answer(500));
    const [event] = await orders(1);
    await world.run(days(31));
    expect(statuses()).toEqual(["parked"]);
    world.calls.length = 0;
    await resend(endpoint, event!.id);
    await world.run(days(29));
    expect(statuses()).toEqual(["waiting"]);
    expect(world.calls.length).toBeGreaterThan(30);
    await world.run(days(2));
    expect(statuses()).toEqual(["parked"]);
  });

  test("of another store, or that it never heard, is not there; one who is disabled is not sent to", async () => {
    const endpoint = await world.endpoint();
    const [event] = await orders(1);
    await expect(resend(endpoint, event!.id, { storeId: "store_1" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(resend(endpoint, "evt_1")).rejects.toMatchObject({ code: "not_found" });
    await switched(endpoint, "disabled");
    await expect(resend(endpoint, event!.id)).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("a replay", () => {
  test("of events that it names sends them at once and no others", async () => {
    const endpoint = await world.endpoint();
    const events = await orders(4);
    world.calls.length = 0;
    const eventIds = events.slice(1, 3).map(({ id }) => id);
    expect(await replay(endpoint, { eventIds })).toMatchObject({ status: "done", resent: 2 });
    await world.run(0);
    expect(heard().sort()).toEqual(eventIds.sort());
  });

  test("of a time sends what came in it, to this endpoint only", async () => {
    const endpoint = await world.endpoint();
    await world.endpoint();
    const events = await orders(5);
    world.calls.length = 0;
    const at = (index: number) => new Date(events[index]!.occurredAt).toISOString();
    const { id } = await replay(endpoint, { from: at(1), to: at(3) });
    await world.run(minutes(3));
    expect(heard()).toEqual(events.slice(1, 4).map((event) => event.id));
    expect(new Set(world.calls.map(({ url }) => url))).toEqual(new Set([endpoint.url]));
    expect(await look(endpoint, id)).toMatchObject({ status: "done", resent: 3 });
  });

  test("of what failed brings back what was parked, and what came while the endpoint was disabled", async () => {
    const endpoint = await world.endpoint();
    world.receivers.set(endpoint.url, (_, count) => answer(count === 1 ? 200 : 500));
    const [, parked] = await orders(2);
    await world.run(days(31));
    await switched(endpoint, "disabled");
    const event = await world.record(1, { subject: "ord_99999999999999999999999999" });
    await world.fanOut(event);
    await world.run(minutes(5));
    await switched(endpoint, "enabled");
    world.receivers.delete(endpoint.url);
    world.calls.length = 0;
    await replay(endpoint, { only: "failed" });
    await world.run(minutes(5));
    expect(heard().sort()).toEqual([parked!.id, event.id].sort());
    expect(new Set(statuses())).toEqual(new Set(["delivered"]));
  });

  test("keeps the order of an order's events", async () => {
    const endpoint = await world.endpoint();
    for (const version of [1, 2, 3]) await world.fanOut(await world.record(version));
    await world.run(minutes(5));
    world.calls.length = 0;
    world.receivers.set(endpoint.url, (_, count) => answer(count === 1 ? 500 : 200));
    await replay(endpoint, { from: new Date(world.platform.now() - hours(1)).toISOString() });
    await world.run(minutes(20));
    const versions = heard().map((id) => id?.at(-1));
    expect(versions).toEqual(["1", "1", "2", "3"]);
    expect(world.calls.some(({ headers }) => headers["webhook-out-of-order"])).toBe(false);
  });

  test("that dies at any write is gone on with, and sends each event once more and only once", async () => {
    for (let fatal = 1; fatal < 10; fatal += 1) {
      world = webhookWorld();
      const endpoint = await world.endpoint();
      await orders(7);
      world.calls.length = 0;
      const { id } = await replay(endpoint, { from: new Date(0).toISOString() });
      world.through(mortal(world.platform.table, fatal));
      await world.run(minutes(2)).catch(() => undefined);
      world.through(world.platform.table);
      await world.run(minutes(15));
      expect(heard()).toHaveLength(7);
      expect(await look(endpoint, id)).toMatchObject({ status: "done" });
    }
  });

  test.each([{}, { to: "2026-11-01T00:00:00Z" }, { only: "all" }, { eventIds: ["evt_1"], only: "failed" }])(
    "that does not say of what is refused: %j",
    (body) => {
      expect(NewReplay.safeParse(body).success).toBe(false);
    },
  );
});

/** Fails at the n-th write of a replay, until somebody takes its place. */
const mortal = (table: Table, fatal: number): Table => {
  let commits = 0;
  return {
    ...table,
    commit: async (writes) => {
      const [put] = writes.map(({ change }) => ("put" in change ? change.put : {}));
      if (put?.["status"] === "pending" || put?.["only"]) commits += 1;
      if (commits >= fatal) throw new Error("dies");
      return table.commit(writes);
    },
  };
};
