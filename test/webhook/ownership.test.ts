import { createHmac } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { canonicalJson } from "#functions/runtime/canonical-json.ts";
import type { DialRequest } from "#functions/runtime/outbound.ts";
import { hours } from "#functions/values/clock.ts";
import { endpointStore } from "#functions/webhook/endpoint.store.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import { wire } from "#functions/webhook/webhook.handler.ts";
import { aCaller, apiEvent } from "#test/fakes/api-event.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { answer, principalId, storeId, webhookWorld } from "./world.ts";

const saying = (status: number, text: string) => ({ ...answer(status), body: Buffer.from(text) });

type World = ReturnType<typeof webhookWorld>;
let world: World;
let made: Endpoint;
beforeEach(async () => {
  world = webhookWorld(1);
  made = await world.endpoint({ verifiedAt: undefined });
});

/** Its owner tries it out. */
const tryOut = async () => {
  const { platform, seal } = world;
  const environment = { get: () => "public", find: () => "" };
  const enqueue = async (_: string, messages: readonly { body: never }[]) => {
    for (const { body } of messages) world.queue.push({ at: platform.now(), id: body });
  };
  const handler = wire({ ...platform, environment, enqueue, seal } as never);
  const event = apiEvent({
    method: "POST",
    path: `/webhook_endpoints/${made.id}/test`,
    caller: aCaller({ storeId }),
    headers: { "Idempotency-Key": `key-${platform.now()}` },
  });
  expect(await handler(event, aContext())).toMatchObject({ statusCode: 202 });
};

const seen = async () => (await endpointStore(world.platform.table).get(storeId, made.id)) as Endpoint;

const challengeIn = ({ body }: DialRequest): string => JSON.parse(body ?? "").data.challenge;

const tell = async () => world.fanOut(await world.record(1, { occurredAt: world.platform.now() }));

test("an endpoint hears of nothing before its receiver has answered a test with its challenge, and of all after it", async () => {
  await tell();
  await world.run(hours(1));
  expect(world.calls).toEqual([]);
  world.receivers.set(made.url, (request) =>
    saying(200, JSON.stringify({ challenge: challengeIn(request) })),
  );
  await tryOut();
  await world.run(hours(1));
  expect(world.calls).toHaveLength(1);
  const { verifiedAt, listensSince } = await seen();
  expect([typeof verifiedAt, listensSince]).toEqual(["number", verifiedAt]);
  await world.fanOut(await world.record(2, { occurredAt: world.platform.now() }));
  await world.run(0);
  expect(world.calls.map(({ body }) => JSON.parse(body ?? "").type)).toEqual([
    "endpoint.tested",
    "order.confirmed",
  ]);
});

describe("is no proof:", () => {
  const answers: Readonly<Record<string, (request: DialRequest) => string>> = {
    "an empty answer": () => "",
    "what came, sent back": ({ body }) => body ?? "",
    "the challenge as text": challengeIn,
    "the challenge among other things": (request) =>
      JSON.stringify({ challenge: challengeIn(request), data: {} }),
    "another challenge": () => JSON.stringify({ challenge: "x".repeat(32) }),
    "the webhook's id": ({ headers }) => JSON.stringify({ challenge: headers["webhook-id"] }),
    "a null": () => "null",
  };
  test.each(Object.entries(answers))("%s", async (_, said) => {
    world.receivers.set(made.url, (request) => saying(200, said(request)));
    await tryOut();
    await world.run(hours(24 * 40));
    expect(world.calls).toHaveLength(3);
    expect((await seen()).verifiedAt).toBeUndefined();
    expect(world.deliveries()).toMatchObject([{ status: "canceled", reason: "endpoint_unverified" }]);
  });

  test("the challenge with a status that is no success", async () => {
    world.receivers.set(made.url, (request) =>
      saying(500, JSON.stringify({ challenge: challengeIn(request) })),
    );
    await tryOut();
    await world.run(hours(1));
    expect((await seen()).verifiedAt).toBeUndefined();
  });
});

test("what was on its way to an endpoint that is not proven is never sent", async () => {
  const other = await world.endpoint();
  await world.fanOut(await world.record(1));
  await world.platform.table.commit([
    {
      table: "webhooks",
      key: { pk: storeId, sk: `endpoint#${other.id}` },
      change: { set: { verifiedAt: undefined } as never },
    },
  ]);
  await world.run(0);
  expect(world.calls).toEqual([]);
});

test("once proven, a test needs no challenge in its answer", async () => {
  made = await world.endpoint();
  world.receivers.set(made.url, () => answer(204));
  await tryOut();
  await world.run(0);
  expect(world.deliveries()).toMatchObject([{ status: "delivered" }]);
});

test("an agent's receiver is asked as any other, in the test's own words and signed as ACP signs", async () => {
  const of = { kind: "acp", principalId, url: "https://agent.example.com/orders" } as const;
  made = await world.endpoint({ ...of, verifiedAt: undefined });
  await tell();
  await world.run(hours(1));
  expect(world.calls).toEqual([]);
  world.receivers.set(of.url, (request) => saying(200, JSON.stringify({ challenge: challengeIn(request) })));
  await tryOut();
  await world.run(0);
  const [{ body, headers } = {}] = world.calls;
  const [event] = world.platform.table.rows("outbox").filter(({ type }) => type === "endpoint.tested");
  expect(JSON.parse(body ?? "")).toMatchObject({
    id: event?.["id"],
    type: "endpoint.tested",
    subject: made.id,
  });
  expect(body).toBe(canonicalJson(JSON.parse(body ?? "")));
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(headers?.["merchant-signature"] ?? "") ?? [];
  const secret = world.secrets.get(made.id) ?? "";
  expect(createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")).toBe(signature);
  const { verifiedAt, listensSince } = await seen();
  expect([typeof verifiedAt, listensSince]).toEqual(["number", verifiedAt]);
  world.receivers.set(of.url, () => answer(200));
  const later = await world.record(2, { occurredAt: world.platform.now() });
  await world.fanOut(later);
  await world.run(0);
  expect(world.calls.slice(1).map((call) => call.body)).toEqual([
    JSON.stringify({ snapshot: later.subject }),
  ]);
});
