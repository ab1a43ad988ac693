import { beforeEach, expect, test } from "vitest";
import type { Actor } from "#functions/audit/audit.ts";
import type { Table } from "#functions/runtime/table.ts";
import { hours } from "#functions/values/clock.ts";
import { endpointStore, provenEndpoint, removedEndpoint } from "#functions/webhook/endpoint.store.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import { vouchEndpoint } from "#functions/webhook/vouch-endpoint.ts";
import { wire } from "#functions/webhook/webhook.handler.ts";
import { aCaller, apiEvent } from "#test/fakes/api-event.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { principalId, storeId, webhookWorld } from "./world.ts";

const url = "https://chat.example.com/orders?shop=1";
const reason = "named by its partner desk";

let world: ReturnType<typeof webhookWorld>;
let made: Endpoint;
beforeEach(async () => {
  world = webhookWorld(1);
  made = await world.endpoint({ kind: "acp", principalId, url, verifiedAt: undefined });
  world.platform.clock.advance(hours(1));
});

let asked = 0;
const vouch = (more: object = {}, table: Table = world.platform.table) => {
  asked += 1;
  const actor: Actor = { role: "operator", requestId: `request-${asked}` };
  const on = { endpoints: endpointStore(table), table, now: world.platform.now };
  return vouchEndpoint(on)({ storeId, endpointId: made.id, url, reason, ...more } as never, actor);
};

const seen = () => endpointStore(world.platform.table).get(storeId, made.id);
const acts = () => world.platform.table.rows("audit");
const tell = async (version: number) => {
  const event = await world.record(version, { occurredAt: world.platform.now() });
  await world.fanOut(event);
  return event;
};

const replay = async (eventId: string) => {
  const { platform, seal } = world;
  const environment = { get: () => "public", find: () => "" };
  const enqueue = async (_: string, messages: readonly { body: never }[]) => {
    for (const { body: id } of messages) world.queue.push({ at: platform.now(), id });
  };
  const handler = wire({ ...platform, environment, enqueue, seal } as never);
  const path = `/webhook_endpoints/${made.id}/replay`;
  const headers = { "Idempotency-Key": `key-${platform.now()}` };
  const body = { eventIds: [eventId] };
  return handler(apiEvent({ method: "POST", path, caller: aCaller({ storeId }), headers, body }), aContext());
};

test("an agent's endpoint hears once it is vouched for; what was before that comes by a replay", async () => {
  const before = await tell(1);
  await world.run(hours(1));
  expect(world.deliveries()).toEqual([]);
  expect(await replay(before.id)).toMatchObject({ statusCode: 422 });
  const now = world.platform.now();
  expect(await vouch()).toEqual({ endpointId: made.id, url, verifiedAt: now });
  expect(await seen()).toMatchObject({ verifiedAt: now, listensSince: now });
  await tell(2);
  await world.run(0);
  expect(world.deliveries()).toMatchObject([{ status: "delivered", type: "order.confirmed" }]);
  expect(await replay(before.id)).toMatchObject({ statusCode: 202 });
  await world.run(0);
  expect(world.calls.map((call) => call.url)).toEqual([url, url]);
});

test("that somebody vouched is on record: for which endpoint at which host, and why", async () => {
  await vouch();
  expect(acts()).toMatchObject([
    {
      action: "webhook_endpoint.verified",
      actor: { role: "operator" },
      decidedBy: "iam",
      storeId,
      reason,
      about: { endpointId: made.id, host: "chat.example.com" },
    },
  ]);
});

test("vouching again, or twice at once, is one act", async () => {
  const first = await vouch();
  world.platform.clock.advance(hours(1));
  expect(await vouch()).toEqual(first);
  expect(acts()).toHaveLength(1);
  made = await world.endpoint({ kind: "acp", principalId, url, verifiedAt: undefined });
  const both = await Promise.all([vouch(), vouch()]);
  expect(both[0]).toEqual(both[1]);
  expect(acts()).toHaveLength(2);
});

/** Something happens between what was read and what is written. */
const overtakenBy = (meanwhile: () => Promise<void>): Table => {
  let isFirst = true;
  return {
    ...world.platform.table,
    commit: async (writes) => {
      if (isFirst) await meanwhile();
      isFirst = false;
      await world.platform.table.commit(writes);
    },
  };
};

test("a receiver that has answered its test meanwhile is proven since then, and nobody vouched", async () => {
  const proven = world.platform.now() - 1;
  const table = overtakenBy(() => world.platform.table.commit([provenEndpoint(made, proven)]));
  expect(await vouch({}, table)).toMatchObject({ verifiedAt: proven });
  expect(acts()).toEqual([]);
});

test("one that is removed meanwhile is not brought back", async () => {
  const table = overtakenBy(() => world.platform.table.commit([removedEndpoint(made)]));
  await expect(vouch({}, table)).rejects.toMatchObject({ code: "not_found" });
  expect([await seen(), acts()]).toEqual([undefined, []]);
});

test.each(["standard", "thin", "event_bus"] as const)("one of kind %s answers for itself", async (kind) => {
  made = await world.endpoint({ kind, url, verifiedAt: undefined });
  await expect(vouch()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(`of kind ${kind}`),
  });
  expect([(await seen())?.verifiedAt, acts()]).toEqual([undefined, []]);
});

test.each([
  ["another URL of the same host", { url: "https://chat.example.com/orders?shop=2" }, "conflict"],
  ["another store's", { storeId: "store_1123456789abcdefghjkmnpqrs" }, "not_found"],
])("what the platform did not name is not vouched for: %s", async (_, more, code) => {
  await expect(vouch(more)).rejects.toMatchObject({ code });
  expect([(await seen())?.verifiedAt, acts()]).toEqual([undefined, []]);
});

test("the URL may be spelled as the platform spells it", async () => {
  await vouch({ url: "HTTPS://Chat.Example.com:443/orders?shop=1" });
  expect((await seen())?.verifiedAt).toBe(world.platform.now());
});
