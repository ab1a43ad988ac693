import { beforeEach, describe, expect, test } from "vitest";
import { isOtherBus } from "#functions/outbox/other-bus.ts";
import { hours, minutes } from "#functions/values/clock.ts";
import { endpointStore } from "#functions/webhook/endpoint.store.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import { wire } from "#functions/webhook/webhook.handler.ts";
import { aCaller, apiEvent } from "#test/fakes/api-event.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { answer, storeId, webhookWorld } from "./world.ts";

const home = "arn:aws:events:eu-central-1:111122223333";
const bus = "arn:aws:events:eu-central-1:444455556666:event-bus/erp";

let world: ReturnType<typeof webhookWorld>;
beforeEach(() => {
  world = webhookWorld(1);
});

let requests = 0;
const call = async (method: string, path: string, body?: object) => {
  const { platform, seal } = world;
  const environment = { get: (name: string) => (name === "HOME_BUSES" ? home : "public"), find: () => "" };
  const enqueue = async (_: string, messages: readonly { body: never }[]) => {
    for (const { body: id } of messages) world.queue.push({ at: platform.now(), id });
  };
  const handler = wire({ ...platform, environment, enqueue, seal } as never);
  requests += 1;
  const headers = { "Idempotency-Key": `key-${requests}` };
  const event = apiEvent({ method, path, caller: aCaller({ storeId }), headers, body });
  const given = (await handler(event, aContext())) as { statusCode: number; body: string };
  return { status: given.statusCode, body: JSON.parse(given.body) };
};

const tell = async (version = 1) =>
  world.fanOut(await world.record(version, { occurredAt: world.platform.now() }));

describe("of kind thin", () => {
  test("an endpoint is told ids, type and time, signed, and nothing else", async () => {
    await world.endpoint({ kind: "thin" });
    await tell();
    await world.run(0);
    const [{ body, headers } = {}] = world.calls;
    expect(Object.keys(JSON.parse(body ?? ""))).toEqual(["id", "storeId", "subject", "timestamp", "type"]);
    expect(headers?.["webhook-signature"]).toMatch(/^v1,/);
  });

  test("it proves itself by its test's challenge like any other", async () => {
    const made = await world.endpoint({ kind: "thin", verifiedAt: undefined });
    world.receivers.set(made.url, ({ body }) => {
      const { challenge } = JSON.parse(body ?? "").data;
      return { ...answer(200), body: Buffer.from(JSON.stringify({ challenge })) };
    });
    await call("POST", `/webhook_endpoints/${made.id}/test`);
    await world.run(0);
    expect((await seen(made.id)).verifiedAt).toBeTypeOf("number");
  });
});

const seen = async (id: string) => (await endpointStore(world.platform.table).get(storeId, id)) as Endpoint;

describe("of kind event_bus", () => {
  const register = async () =>
    (await call("POST", "/webhook_endpoints", { url: bus, kind: "event_bus" })).body.id as string;
  const tryOut = async (id: string) => {
    const { body } = await call("POST", `/webhook_endpoints/${id}/test`);
    await world.run(0);
    const { challenge } = JSON.parse(world.put.at(-1)?.detail ?? "").data;
    return { eventId: body.eventId as string, challenge: challenge as string };
  };
  const prove = (id: string, proof: object) => call("PATCH", `/webhook_endpoints/${id}`, { proof });

  test("it has no secret to show or to roll, since nothing is signed", async () => {
    const { body } = await call("POST", "/webhook_endpoints", { url: bus, kind: "event_bus" });
    expect(body).toMatchObject({ url: bus, kind: "event_bus", secrets: [] });
    expect(body).not.toHaveProperty("secret");
    expect(await call("POST", `/webhook_endpoints/${body.id}/roll_secret`, {})).toMatchObject({
      status: 409,
    });
  });

  test("it hears of nothing until its owner has brought back what came to the bus, and of all after it", async () => {
    const id = await register();
    await tell();
    await world.run(minutes(1));
    const proof = await tryOut(id);
    expect(world.put).toMatchObject([{ busArn: bus, type: "endpoint.tested" }]);
    expect((await seen(id)).verifiedAt).toBeUndefined();
    expect(await prove(id, proof)).toMatchObject({ status: 200, body: { verifiedAt: expect.any(String) } });
    await tell(2);
    await world.run(0);
    expect(world.put.map(({ type }) => type)).toEqual(["endpoint.tested", "order.confirmed"]);
    expect(world.calls).toEqual([]);
    expect(JSON.parse(world.put[1]?.detail ?? "")).toMatchObject({
      type: "order.confirmed",
      version: 2,
      storeId,
    });
  });

  test("the challenge of another endpoint's bus proves nothing", async () => {
    const [mine, other] = [await register(), await register()];
    const { eventId } = await tryOut(mine);
    const foreign = await tryOut(other);
    for (const proof of [
      foreign,
      { eventId, challenge: foreign.challenge },
      { eventId, challenge: "" },
      { eventId: "evt_none", challenge: foreign.challenge },
    ])
      expect(await prove(mine, proof)).toMatchObject({ status: 422, body: { param: "$.proof" } });
    expect((await seen(mine)).verifiedAt).toBeUndefined();
  });

  test("a receiver that is called answers for itself: nobody else brings its challenge", async () => {
    const made = await world.endpoint({ verifiedAt: undefined });
    const { body } = await call("POST", `/webhook_endpoints/${made.id}/test`);
    await world.run(0);
    const { challenge } = JSON.parse(world.calls[0]?.body ?? "").data;
    expect(await prove(made.id, { eventId: body.eventId, challenge })).toMatchObject({ status: 409 });
    expect((await seen(made.id)).verifiedAt).toBeUndefined();
  });

  test.each([
    ["AccessDeniedException", "bus_access_denied", undefined],
    ["ThrottlingException", "bus_throttled", 429],
    ["InternalFailure", "bus_failed", undefined],
  ])("a bus that answers %s is tried again as any endpoint is", async (code, reason, status) => {
    await world.endpoint({ kind: "event_bus", url: bus, secrets: [] });
    world.refuseOnBus(() => (world.put.length === 1 ? code : undefined));
    await tell();
    await world.run(0);
    expect(world.deliveries()).toMatchObject([{ status: "waiting", attempts: 1, reason }]);
    expect(world.deliveries()[0]?.["lastStatus"]).toBe(status);
    await world.run(minutes(1));
    expect(world.deliveries()).toMatchObject([{ status: "delivered", attempts: 2 }]);
    expect(world.put[0]?.detail).toBe(world.put[1]?.detail);
  });

  test("what follows another names it in its detail, and what goes before its turn says so", async () => {
    await world.endpoint({ kind: "event_bus", url: bus, secrets: [] });
    world.refuseOnBus(() => (world.put.at(-1)?.type === "order.placed" ? "InternalFailure" : undefined));
    await tell();
    await tell(2);
    await world.run(hours(1));
    const details = world.put.map(({ detail }) => JSON.parse(detail));
    const previousEventId = details.find(({ version }) => version === 1).id;
    expect(details.find(({ version }) => version === 2)).toMatchObject({ previousEventId, outOfOrder: true });
    expect(details.filter(({ version }) => version === 1).every((each) => !("outOfOrder" in each))).toBe(
      true,
    );
  });

  test.each([
    "https://hooks.example.com/",
    "arn:aws:events:eu-central-1:111122223333:event-bus/ours",
    "arn:aws:events:us-east-1:444455556666:event-bus/erp",
    "arn:aws-cn:events:eu-central-1:444455556666:event-bus/erp",
    "arn:aws:sqs:eu-central-1:444455556666:erp",
    "arn:aws:events:eu-central-1:444455556666:rule/erp",
    `${bus} `,
  ])("%s is no bus of another account in this region", async (url) => {
    expect(isOtherBus(url, home)).toBe(false);
    const given = await call("POST", "/webhook_endpoints", { url, kind: "event_bus" });
    expect(given).toMatchObject({ status: 422, body: { param: "$.url" } });
  });
});
