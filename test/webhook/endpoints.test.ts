import { beforeEach, expect, test } from "vitest";
import { createdPrincipal } from "#functions/access/principal.store.ts";
import type { Message } from "#functions/runtime/queue.client.ts";
import type { Caller } from "#functions/values/caller.ts";
import { hours } from "#functions/values/clock.ts";
import type { Role } from "#functions/values/scope.ts";
import { named } from "#functions/webhook/change-endpoint.ts";
import { endpointLimit } from "#functions/webhook/create-endpoint.ts";
import { changedEndpoint, disabledEndpoint, endpointStore } from "#functions/webhook/endpoint.store.ts";
import { wire } from "#functions/webhook/webhook.handler.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { aContext, memoryPlatform } from "#test/fakes/memory-platform.ts";

const storeId = "store_0123456789abcdefghjkmnpqrs";
const otherStore = "store_1123456789abcdefghjkmnpqrs";
const agentId = "prn_0123456789abcdefghjkmnpqrs";
const integrationId = "prn_1123456789abcdefghjkmnpqrs";
const url = "https://hooks.example.com/agentic";

const aHouse = async (policy = "public", away = false) => {
  const environment = {
    OUTBOUND_POLICY: policy,
    DELIVERY_QUEUE_URL: "q",
    HOME_BUSES: "arn:aws:events:eu-central-1:111122223333",
  };
  const platform = memoryPlatform({ environment });
  const queued: Message[] = [];
  const enqueue = async (_: string, messages: readonly Message[]) => {
    if (away) throw new Error("the queue is away");
    queued.push(...messages);
  };
  const handler = wire({ ...platform, enqueue, seal: fakeStoreSeal() });
  const principal = (id: typeof agentId | typeof integrationId, role: Role) =>
    createdPrincipal({ id, storeId, role, createdAt: 0 });
  await platform.table.commit([principal(agentId, "agent"), principal(integrationId, "integration")]);
  let keys = 0;

  const call = async (
    route: string,
    more: { body?: unknown; key?: string; caller?: Partial<Caller>; scopes?: Caller["scopes"] } = {},
  ) => {
    const [httpMethod = "", path = ""] = route.split(" ");
    const caller: Caller = {
      storeId,
      principalId: integrationId,
      keyId: "k",
      role: "integration",
      scopes: more.scopes ?? ["webhooks:read", "webhooks:write"],
      livemode: false,
      ...more.caller,
    };
    keys += 1;
    const id = path.split("/")[2];
    const answer = (await handler(
      {
        httpMethod,
        path,
        resource: path,
        headers: { "content-type": "application/json", "idempotency-key": more.key ?? `key-${keys}` },
        queryStringParameters: null,
        pathParameters: id ? { id } : null,
        body: more.body === undefined ? null : JSON.stringify(more.body),
        isBase64Encoded: false,
        requestContext: { requestId: `request-${keys}`, authorizer: { caller: JSON.stringify(caller) } },
      },
      aContext(),
    )) as { statusCode: number; body: string };
    return { status: answer.statusCode, body: JSON.parse(answer.body) };
  };
  const endpoints = () => platform.table.rows("webhooks").filter(({ sk }) => sk.startsWith("endpoint#"));
  return { platform, call, queued, endpoints };
};

let house: Awaited<ReturnType<typeof aHouse>>;
beforeEach(async () => {
  house = await aHouse();
});
const create = (body: object = { url }, more: object = {}) =>
  house.call("POST /webhook_endpoints", { body, ...more });

test("shows the secret when it is created and never again", async () => {
  const { status, body } = await create();
  expect(status).toBe(201);
  expect(body).toMatchObject({ url, kind: "standard", events: ["*"], status: "enabled", livemode: false });
  expect(body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const one = await house.call(`GET /webhook_endpoints/${body.id}`);
  const all = await house.call("GET /webhook_endpoints");
  expect(one).toMatchObject({ status: 200, body: { id: body.id } });
  expect([{ ...all.body.endpoints[0], health: { days: [] } }]).toEqual([one.body]);
  expect(JSON.stringify([one, all])).not.toMatch(/whsec|sealed|"secret"/i);
});

test("stores the secret sealed and logs it nowhere", async () => {
  const { body } = await create();
  const text = JSON.stringify(house.platform.table.rows("webhooks"), (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
  );
  expect(text).not.toContain(body.secret);
  expect(JSON.stringify(house.platform.table.rows("commerce"))).not.toContain("whsec");
  expect(JSON.stringify(house.platform.logged)).not.toContain("whsec");
});

test("two endpoints have two secrets", async () => {
  expect((await create()).body.secret).not.toBe((await create()).body.secret);
});

test("the same request again answers the same endpoint with the same secret", async () => {
  const first = await create({ url }, { key: "a" });
  expect(await create({ url }, { key: "a" })).toEqual(first);
  expect(house.endpoints()).toHaveLength(1);
});

test("an hour later the same request shows the secret no more", async () => {
  const first = await create({ url }, { key: "a" });
  house.platform.clock.advance(hours(1));
  const again = await create({ url }, { key: "a" });
  expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
  expect(again.body).not.toHaveProperty("secret");
});

test("two of the same at once make one endpoint", async () => {
  const both = await Promise.all([create({ url }, { key: "a" }), create({ url }, { key: "a" })]);
  expect(both[0]).toEqual(both[1]);
  expect(house.endpoints()).toHaveLength(1);
});

test("the same key with another body is a conflict", async () => {
  await create({ url }, { key: "a" });
  const other = await create({ url: `${url}/2` }, { key: "a" });
  expect(other).toMatchObject({ status: 422, body: { code: "idempotency_conflict" } });
});

test.each([
  ["plain http", { url: "http://example.com/" }, "$.url"],
  ["this machine", { url: "https://127.0.0.1/" }, "$.url"],
  ["the metadata service", { url: "https://169.254.169.254/" }, "$.url"],
  ["a private name", { url: "https://erp.internal/" }, "$.url"],
  ["a user in the URL", { url: "https://me@example.com/" }, "$.url"],
  ["no URL", {}, "$.url"],
  ["an unknown event", { url, events: ["order.teleported"] }, "$.events[0]"],
  ["no event", { url, events: [] }, "$.events"],
  ["an event that only a test sends", { url, events: ["endpoint.tested"] }, "$.events[0]"],
  [
    "an event that ACP has no word for",
    { url, kind: "acp", principalId: agentId, events: ["stock.depleted"] },
    "$.events[0]",
  ],
  ["an unknown kind", { url, kind: "email" }, "$.kind"],
  ["acp without an agent", { url, kind: "acp" }, "$.principalId"],
  ["acp for somebody who is no agent", { url, kind: "acp", principalId: integrationId }, "$.principalId"],
  [
    "acp for an unknown agent",
    { url, kind: "acp", principalId: "prn_2123456789abcdefghjkmnpqrs" },
    "$.principalId",
  ],
  ["an agent for a standard endpoint", { url, principalId: agentId }, "$.principalId"],
])("refuses %s, naming it, and stores nothing", async (_, body, param) => {
  const answer = await create(body);
  expect(answer).toMatchObject({ status: 422, body: { param } });
  expect(house.endpoints()).toEqual([]);
});

test("refuses unknown fields", async () => {
  expect((await create({ url, secret: "mine" })).status).toBe(422);
});

test("an agent of the store can be named for acp", async () => {
  const { status, body } = await create({ url, kind: "acp", principalId: agentId });
  expect([status, body.principalId]).toEqual([201, agentId]);
});

test("this machine may be named where the stage is local", async () => {
  house = await aHouse("loopback");
  expect((await create({ url: "http://127.0.0.1:4000/hook" })).status).toBe(201);
});

test("a store has at most fifty", async () => {
  for (let count = 0; count < endpointLimit; count += 1) expect((await create()).status).toBe(201);
  expect(await create()).toMatchObject({ status: 422, body: { code: "limit_exceeded" } });
});

test("a key without the scope may not write", async () => {
  expect((await create({ url }, { scopes: ["webhooks:read"] })).status).toBe(403);
  expect(house.endpoints()).toEqual([]);
});

test.each(["GET", "PATCH", "DELETE"])(
  "%s: another store's endpoint is as unknown as none",
  async (method) => {
    const { body } = await create();
    const caller = { storeId: otherStore as Caller["storeId"] };
    const asked = { caller, ...(method === "PATCH" && { body: { status: "disabled" } }) };
    const strangers = await house.call(`${method} /webhook_endpoints/${body.id}`, asked);
    const nobodys = await house.call(`${method} /webhook_endpoints/we_zzz`, asked);
    const told = ({ body: { instance: _, ...rest } }: typeof nobodys) => rest;
    expect(told(strangers)).toEqual(told(nobodys));
    expect(strangers.status).toBe(404);
    expect(house.endpoints()).toHaveLength(1);
  },
);

test("what is removed is gone", async () => {
  const { body } = await create();
  const removed = await house.call(`DELETE /webhook_endpoints/${body.id}`);
  expect(removed).toEqual({ status: 200, body: { id: body.id, removed: true } });
  expect((await house.call(`GET /webhook_endpoints/${body.id}`)).status).toBe(404);
  expect((await house.call(`DELETE /webhook_endpoints/${body.id}`)).status).toBe(404);
});

test("a test is an event for this endpoint only, and nothing that the bus gets", async () => {
  const { body } = await create();
  await create();
  const path = `POST /webhook_endpoints/${body.id}/test`;
  const first = await house.call(path, { key: "t" });
  expect(first.status).toBe(202);
  expect(house.queued.map((message) => message.body)).toEqual([
    { endpointId: body.id, eventId: first.body.eventId },
  ]);
  const [event] = house.platform.table.rows("outbox");
  expect(event).toMatchObject({
    type: "endpoint.tested",
    id: first.body.eventId,
    data: { endpointId: body.id },
  });
  expect(event!["due"]).toBeUndefined();
  expect(await house.call(path, { key: "t" })).toEqual(first);
  expect(house.queued).toHaveLength(1);
  expect((await house.call(path)).body.eventId).not.toBe(first.body.eventId);
});

test("a test whose sender could not be woken is accepted all the same: its delivery is due", async () => {
  house = await aHouse("public", true);
  const { body } = await create();
  expect((await house.call(`POST /webhook_endpoints/${body.id}/test`)).status).toBe(202);
  const [delivery] = house.platform.table.rows("webhooks").filter(({ sk }) => sk === "delivery");
  expect(delivery).toMatchObject({ status: "pending", due: expect.stringMatching(/^delivery#/) });
});

const patch = (id: string, body: unknown) => house.call(`PATCH /webhook_endpoints/${id}`, { body });

test("an owner changes what an endpoint hears of and how it is called; what is left out stays", async () => {
  const { body } = await create({ url, description: "Warehouse" });
  expect(body).toMatchObject({ description: "Warehouse", events: ["*"] });
  const changed = await patch(body.id, { events: ["order.*", "stock.depleted"] });
  expect(changed).toMatchObject({
    status: 200,
    body: { url, description: "Warehouse", events: ["order.*", "stock.depleted"], status: "enabled" },
  });
  expect((await patch(body.id, { description: null })).body).not.toHaveProperty("description");
  expect(await house.call(`GET /webhook_endpoints/${body.id}`)).toMatchObject({
    body: { events: ["order.*", "stock.depleted"] },
  });
});

test("disabled by its owner it says so, and can be enabled again; each act is on record", async () => {
  const { body } = await create();
  const off = await patch(body.id, { status: "disabled" });
  expect(off.body).toMatchObject({ status: "disabled", disabledReason: "by_owner" });
  const on = await patch(body.id, { status: "enabled" });
  expect(on.body.status).toBe("enabled");
  expect(on.body).not.toHaveProperty("disabledReason");
  const acts = house.platform.table
    .rows("audit")
    .filter(({ action }) => action === "webhook_endpoint.changed");
  expect(acts.map(({ about }) => (about as unknown as { status: string }).status)).toEqual([
    "disabled",
    "enabled",
  ]);
});

test("of two changes at once one is refused", async () => {
  const { body } = await create();
  const [one, other] = await Promise.all([
    patch(body.id, { description: "one" }),
    patch(body.id, { description: "other" }),
  ]);
  expect([one.status, other.status].sort()).toEqual([200, 409]);
});

test("a change that was read before its receiver said that it is gone does not undo that", async () => {
  const { body } = await create();
  const endpoints = endpointStore(house.platform.table);
  const before = await endpoints.get(storeId as Caller["storeId"], body.id);
  if (!before) throw new Error("there is no endpoint");
  await house.platform.table.commit([disabledEndpoint(before)]);
  await house.platform.table.commit([changedEndpoint(before, named({ description: "Warehouse" }, 0))]);
  expect((await house.call(`GET /webhook_endpoints/${body.id}`)).body).toMatchObject({
    description: "Warehouse",
    status: "disabled",
    disabledReason: "gone",
  });
});

test.each([
  ["where it sends", { url: "https://other.example.com/" }, "$.url"],
  ["its kind", { kind: "acp" }, "$.kind"],
  ["an event that there is not", { events: ["order.eaten"] }, "$.events[0]"],
  ["a subject that there is not", { events: ["*.placed"] }, "$.events[0]"],
  ["no event at all", { events: [] }, "$.events"],
  ["another status", { status: "paused" }, "$.status"],
  ["an endless description", { description: "x".repeat(201) }, "$.description"],
])("a change of %s is refused, naming it", async (_, change, param) => {
  const { body } = await create();
  expect(await patch(body.id, change)).toMatchObject({ status: 422, body: { param } });
  expect((await house.call(`GET /webhook_endpoints/${body.id}`)).body).toMatchObject({ events: ["*"], url });
});

test("an agent's endpoint asks for families of what ACP has words for only", async () => {
  const { body } = await create({ url, kind: "acp", principalId: agentId });
  expect((await patch(body.id, { events: ["order.*"] })).status).toBe(200);
  expect((await patch(body.id, { events: ["stock.*"] })).status).toBe(422);
});
