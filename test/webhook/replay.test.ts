import { beforeEach, describe, expect, test } from "vitest";
import { orderUpdated } from "#events/order-updated.ts";
import { published } from "#functions/outbox/outbox.store.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import type { Table } from "#functions/runtime/table.ts";
import { days, hours, minutes, seconds } from "#functions/values/clock.ts";
import { changedEndpoint, endpointStore } from "#functions/webhook/endpoint.store.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import { getReplay } from "#functions/webhook/read-replay.ts";
import { NewReplay, replayDeliveries, resendDelivery } from "#functions/webhook/replay-deliveries.ts";
import { sweepDeliveries } from "#functions/webhook/sweep-deliveries.ts";
import { aCaller, someFacts } from "#test/examples.ts";
import { anOrderPlaced } from "../outbox/an-event.ts";
import { answer, principalId, storeId, type World, webhookWorld } from "./world.ts";

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

  test.each([
    ["is gone on with, and sends each event once more and only once", "before"],
    ["brings a newcomer each event, and only once", "after"],
  ])("that dies at any write %s", async (_, comes) => {
    for (let fatal = 1; fatal < 10; fatal += 1) {
      world = webhookWorld();
      const listener = comes === "before" ? await world.endpoint() : undefined;
      await orders(7);
      const endpoint = listener ?? (await world.endpoint());
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

describe("what an endpoint has no delivery of, because it came later or asked for less,", () => {
  const everything = () => ({ from: new Date(world.platform.now() - days(89)).toISOString() });
  const facts = async (count: number) => {
    const versions = Array.from({ length: count }, (_, index) => index + 1);
    const events = [];
    for (const version of versions) {
      world.platform.clock.advance(minutes(1));
      events.push(await world.record(version));
    }
    world.platform.clock.advance(minutes(1));
    return events;
  };
  const previous = () => world.calls.map(({ headers }) => headers["webhook-previous-id"]);

  test("comes by a replay of a time, in order, each naming the one before, and once", async () => {
    const events = await facts(3);
    const endpoint = await world.endpoint();
    world.receivers.set(endpoint.url, (_, count) => answer(count === 1 ? 500 : 200));
    const { id } = await replay(endpoint, everything());
    await world.run(minutes(20));
    const [first, second, third] = events.map((event) => event.id);
    expect(heard()).toEqual([first, first, second, third]);
    expect(previous()).toEqual([undefined, undefined, first, second]);
    expect(await look(endpoint, id)).toMatchObject({ status: "done", resent: 3 });
    expect(new Set(statuses())).toEqual(new Set(["delivered"]));
  });

  test("comes by name, each after the one before; what it does not ask for is refused, and then all is", async () => {
    const [first, second, third] = (await facts(3)).map((event) => event.id);
    const endpoint = await world.endpoint({ events: ["order.confirmed"] });
    await expect(replay(endpoint, { eventIds: [second, first] })).rejects.toMatchObject({
      code: "invalid",
      param: "$.eventIds[1]",
    });
    expect(world.deliveries()).toEqual([]);
    expect(await replay(endpoint, { eventIds: [third, second] })).toMatchObject({
      status: "done",
      resent: 2,
    });
    await world.run(minutes(1));
    expect(heard()).toEqual([second, third]);
    expect(previous()).toEqual([undefined, second]);
  });

  test("comes by the hundred, page by page", async () => {
    await orders(120);
    const endpoint = await world.endpoint();
    await replay(endpoint, everything());
    await world.run(minutes(5));
    expect(new Set(heard()).size).toBe(120);
    expect(heard()).toHaveLength(120);
  });

  test("names the one before it that this endpoint is told of by now", async () => {
    const endpoint = await world.endpoint({ events: ["order.placed", "order.updated"] });
    const first = await world.record(1);
    const second = await world.record(2);
    const third = await world.record(3, { definition: orderUpdated, data: orderUpdated.example });
    for (const event of [first, second, third]) await world.fanOut(event);
    await world.run(minutes(5));
    expect(previous()).toEqual([undefined, first.id]);
    world.calls.length = 0;
    const before = await endpointStore(world.platform.table).get(endpoint.storeId, endpoint.id);
    await world.platform.table.commit([changedEndpoint(before!, { events: ["order.*"] })]);
    await replay(endpoint, everything());
    await world.run(minutes(5));
    expect(heard()).toEqual([first.id, second.id, third.id]);
    expect(previous()).toEqual([undefined, first.id, second.id]);
  });

  test("names the one before it that it followed, though its endpoint asks no more for such", async () => {
    const endpoint = await world.endpoint();
    const [first, second] = [await world.record(1), await world.record(2)];
    for (const event of [first, second]) await world.fanOut(event);
    await world.run(minutes(5));
    const before = await endpointStore(world.platform.table).get(endpoint.storeId, endpoint.id);
    await world.platform.table.commit([changedEndpoint(before!, { events: ["order.confirmed"] })]);
    await replay(endpoint, everything());
    await world.run(minutes(5));
    expect(previous()).toEqual([undefined, first.id, undefined, first.id]);
  });

  test("is waited for while it is still being published", async () => {
    const [known] = await orders(1);
    const endpoint = await world.endpoint();
    const late = recordEvent({ ...anOrderPlaced(), occurredAt: world.platform.now() });
    await world.platform.table.commit([late]);
    const { id } = await replay(endpoint, everything());
    world.platform.clock.advance(seconds(30));
    await sweepDeliveries(world.collaborators())();
    expect(await look(endpoint, id)).toMatchObject({ status: "running", resent: 1 });
    const { dueAt, ...event } = "put" in late.change ? late.change.put : {};
    const place = world.platform.now() - seconds(25);
    await world.platform.table.commit([
      published({ key: late.key, event: { storeId }, dueAt: Number(dueAt) }, place),
    ]);
    await world.run(minutes(3));
    expect(await look(endpoint, id)).toMatchObject({ status: "done", resent: 2 });
    expect(heard()).toEqual([known!.id, event["id"]]);
  });

  test("is named by what happens next", async () => {
    const [, second] = await facts(2);
    const endpoint = await world.endpoint();
    await replay(endpoint, everything());
    await world.run(minutes(5));
    await world.fanOut(await world.record(3));
    await world.run(minutes(1));
    expect(previous().at(-1)).toBe(second!.id);
  });

  test("does not come where it is none of its own: another type, agent or mode, before its proof, or as a failure", async () => {
    await facts(2);
    const strangers = [
      await world.endpoint({ events: ["order.canceled"] }),
      await world.endpoint({ livemode: true }),
      await world.endpoint({ kind: "acp", principalId: "prn_00000000000000000000000009" }),
      await world.endpoint({ verifiedAt: undefined }),
    ];
    for (const endpoint of strangers) await replay(endpoint, everything());
    await replay(await world.endpoint(), { only: "failed" });
    await world.run(minutes(5));
    expect(world.deliveries()).toEqual([]);
  });

  test("of kind acp comes as the order is now: a newer snapshot closes an older one", async () => {
    await facts(2);
    const endpoint = await world.endpoint({ kind: "acp", principalId });
    world.loseWakeUps(true);
    await replay(endpoint, everything());
    await world.run(minutes(2));
    world.loseWakeUps(false);
    const newer = world.deliveries().find(({ previousEventId }) => previousEventId !== undefined);
    await world.deliver({ endpointId: endpoint.id, eventId: String(newer?.["eventId"]) });
    await world.run(minutes(5));
    expect(statuses().sort()).toEqual(["delivered", "superseded"]);
    expect(world.calls).toHaveLength(1);
  });

  test.each(["thin", "event_bus"] as const)("comes to one of kind %s as that kind is told", async (kind) => {
    const [event] = await facts(1);
    const url =
      kind === "thin" ? "https://thin.example.com/" : "arn:aws:events:us-east-1:444455556666:event-bus/a";
    await replay(await world.endpoint({ kind, url }), everything());
    await world.run(minutes(2));
    const [told] =
      kind === "thin" ? world.calls.map(({ body }) => body) : world.put.map(({ detail }) => detail);
    expect(JSON.parse(told ?? "")).toMatchObject({ id: event!.id, subject: event!.subject });
    expect(JSON.parse(told ?? "").data).toEqual(kind === "thin" ? undefined : event!.data);
  });
});

test("what is wanted again in its last days is tried until its event is gone, and what became of it stays to be seen", async () => {
  const endpoint = await world.endpoint();
  const [event] = await orders(1);
  world.receivers.set(endpoint.url, () => answer(500));
  world.platform.clock.advance(days(89));
  await resend(endpoint, event!.id);
  await world.run(hours(23));
  const [trying] = world.deliveries();
  expect([trying?.["status"], trying?.["attempts"]]).toEqual(["waiting", 7]);
  expect(trying?.["expiresAtSeconds"]).toBeGreaterThan((event!.occurredAt + days(150)) / 1_000);
  const { pk, sk } = world.platform.table.rows("outbox").find(({ id }) => id === event!.id)!;
  await world.platform.table.commit([
    { table: "outbox", key: { pk, sk }, change: { remove: true } } as never,
  ]);
  await world.run(days(2));
  expect(world.deliveries()).toMatchObject([{ status: "parked", reason: "event_expired" }]);
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
