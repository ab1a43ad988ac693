import { isDeepStrictEqual } from "node:util";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registerEndpoint } from "#infra/local/demo/endpoint.ts";
import { complaints } from "#test/acp/released.ts";
import { authority } from "#test/webhook/certificates.ts";
import { whole } from "../effort.ts";
import { totalOf } from "./agent.ts";
import { canarySession } from "./canary.ts";
import { type Heard, openEndpoint, receive } from "./endpoint.ts";
import { hostile, receiveBadly, receiveUntrusted, untrusted } from "./hostile-receiver.ts";
import { asker } from "./problem.ts";
import { openWorld, type World } from "./world.ts";

/** An integrator's in an account of its own, and what came there. */
const bus = "arn:aws:events:us-east-1:111122223333:event-bus/erp";
type Came = {
  source: string;
  "detail-type": string;
  detail: { subject: string; data: { challenge?: string } };
};
const came: Came[] = [];

let world: World;
beforeAll(async () => {
  world = await openWorld({
    otherBuses: { [bus]: (event) => void came.push(event as unknown as Came) },
    outside: { authority },
  });
});
afterAll(() => world?.laptop.stop());

const minutes = (count: number): number => count * 60_000;

/** An order of one download, without stock or address; its events are on their way. */
const order = async (token = "pm_card_visa"): Promise<string> => {
  const { id } = await world.ready("brewing-guide");
  const { body } = await world.agent.complete(id, token);
  expect(body.status).toBe("completed");
  return body.order?.id ?? "";
};

const shown = (id: string) => world.store.orders.getOrder(id);

describe("an order whose money can't be captured", () => {
  test("is canceled: the money is let go, the stock is back, and everybody is told", async () => {
    await world.restock(20);
    const endpoint = await openEndpoint(world);
    world.laptop.stripe?.fail({ match: "/capture", kind: "refuse", code: "card_declined" });
    const session = await world.ready();
    const { body } = await world.agent.complete(session.id, "pm_card_visa");
    const id = body.order?.id ?? "";
    await world.settle(() => endpoint.heard.length === 4);
    expect(endpoint.typesOf(id)).toEqual([
      "order.placed",
      "order.updated",
      "payment.failed",
      "order.canceled",
    ]);
    expect(endpoint.heard.map(({ body: event }) => event.data)).toMatchObject([
      { total: totalOf(session) },
      { status: "canceling", changed: ["fulfillment", "adjustment"] },
      { stage: "capture", reason: "capture_failed" },
      { status: "canceled", reason: "capture_failed", payment: "voided" },
    ]);
    expect(await shown(id)).toMatchObject({ status: "canceled", payment: { state: "voided" } });
    expect(world.intents().at(-1)).toMatchObject({ status: "canceled" });
    expect(await world.stockOf("mug-blue")).toBe(20);
    expect((await world.agent.read(session.id)).body.status).toBe("completed");
    await endpoint.close();
  });

  test("because Stripe does not answer is not canceled: it is captured later", async () => {
    const fails = { match: "/capture", kind: "close", times: 1 } as const;
    world.laptop.stripe?.fail(fails);
    world.laptop.stripe?.fail({ ...fails, match: "GET /v1/payment_intents/" });
    const id = await order();
    await world.settle();
    await world.pass(minutes(2));
    await world.settle();
    expect(await shown(id)).toMatchObject({ status: "confirmed", payment: { state: "captured" } });
    expect(world.intents().at(-1)).toMatchObject({ status: "succeeded" });
  });
});

describe("a webhook endpoint", () => {
  test("that fails at first hears everything in the end, in order, under the same ids", async () => {
    const endpoint = await openEndpoint(world, {}, [500, 503]);
    const id = await order();
    await world.settle(() => endpoint.refused.length === 2);
    expect(endpoint.heard).toEqual([]);
    await world.pass(minutes(6));
    await world.settle(() => endpoint.heard.length === 3);
    expect(endpoint.typesOf(id)).toEqual(["order.placed", "payment.captured", "order.confirmed"]);
    expect(new Set(endpoint.heard.map((heard) => heard.id)).size).toBe(3);
    await endpoint.close();
  });

  test("that is slow to recover finds what it missed after its queue has forgotten it", async () => {
    const endpoint = await openEndpoint(world, { events: ["order.confirmed"] }, [500, 500, 500, 500]);
    const id = await order();
    await world.settle(() => endpoint.refused.length === 1);
    for (const queue of world.laptop.cloud.queues) queue.purge();
    for (const wait of [3, 7, 40, 160]) await world.pass(minutes(wait));
    await world.settle(() => endpoint.heard.length === 1);
    expect(endpoint.refused).toEqual([500, 500, 500, 500]);
    expect(endpoint.typesOf(id)).toEqual(["order.confirmed"]);
    await endpoint.close();
  });

  test("that says it is gone is disabled and left alone", async () => {
    const endpoint = await openEndpoint(world, {}, [410]);
    await order();
    await world.settle();
    await world.pass(minutes(60));
    expect(await endpoint.seen()).toMatchObject({ status: "disabled", disabledReason: "gone" });
    await order();
    await world.settle();
    expect(endpoint).toMatchObject({ refused: [410], heard: [] });
    await endpoint.close();
  });

  test("is not led elsewhere by a redirect", async () => {
    const endpoint = await openEndpoint(world, { events: ["order.placed"] }, [302]);
    const id = await order();
    await world.settle(() => endpoint.refused.length === 1);
    await world.pass(minutes(1));
    await world.settle(() => endpoint.heard.length === 1);
    expect(endpoint.typesOf(id)).toEqual(["order.placed"]);
    await endpoint.close();
  });

  test("that misbehaves is told of as what it did, and its neighbor hears all the same", async () => {
    const led: unknown[] = [];
    const elsewhere = await receive([], led);
    const bad = whole ? hostile : hostile.slice(0, 4);
    const receivers = await Promise.all(
      bad.map(([, behave]) => receiveBadly(behave, new URL(elsewhere.url).origin)),
    );
    const owner = { storeApi: world.storeApi, adminKey: world.shop.adminKey };
    const asked = { events: ["order.placed"] };
    const endpoints = await Promise.all(
      receivers.map(({ url }) => registerEndpoint(owner, { url, ...asked }, () => undefined)),
    );
    const neighbor = await openEndpoint(world, asked);
    const id = await order();
    await world.settle(() => neighbor.heard.length === 1);
    expect(neighbor.typesOf(id)).toEqual(["order.placed"]);
    const told = await Promise.all(
      endpoints.map(({ id: endpointId }) => world.store.webhooks.listDeliveries(endpointId)),
    );
    const became = bad.map(([name], index) => [
      name,
      told[index]?.deliveries.find(({ type }) => type === "order.placed"),
    ]);
    expect(became).toEqual(bad.map(([name, , wanted]) => [name, expect.objectContaining(wanted)]));
    expect(led).toEqual([]);
    for (const { id: endpointId } of endpoints) await world.store.webhooks.removeEndpoint(endpointId);
    for (const each of [...receivers, elsewhere]) each.close();
    await neighbor.close();
  });

  test("that can't show who it is hears nothing until it can", async () => {
    const owner = { storeApi: world.storeApi, adminKey: world.shop.adminKey };
    const receivers = await Promise.all(untrusted.map(([, shows]) => receiveUntrusted(shows)));
    const endpoints = await Promise.all(
      receivers.map(({ url }) =>
        registerEndpoint(owner, { url, ...{ events: ["order.placed"] } }, () => undefined),
      ),
    );
    const told = async () => {
      const pages = endpoints.map(({ id }) => world.store.webhooks.listDeliveries(id));
      const found = (await Promise.all(pages)).map(({ deliveries }) =>
        deliveries.find(({ type }) => type === "order.placed"),
      );
      return untrusted.map(([what], index) => [what, found[index]?.status, found[index]?.reason]);
    };
    await order();
    await world.laptop.cloud.idle();
    expect(await told()).toEqual(untrusted.map(([what]) => [what, "waiting", "tls"]));
    expect(receivers.flatMap(({ heard }) => heard)).toEqual([]);
    for (const { showGood } of receivers) showGood();
    await world.pass(minutes(60));
    await world.settle();
    expect(await told()).toEqual(untrusted.map(([what]) => [what, "delivered", undefined]));
    for (const { id } of endpoints) await world.store.webhooks.removeEndpoint(id);
    for (const { close } of receivers) close();
  });

  test("that lost what it heard has it once more by a replay, by name or of a time; and who came later has it at last", async () => {
    const endpoint = await openEndpoint(world);
    await order();
    await world.settle(() => endpoint.heard.length === 3);
    const said = endpoint.heard.map(({ id, body }) => [id, body] as const);
    const eventIds = said.slice(1, 2).map(([id]) => id);
    expect(await world.store.webhooks.replayDeliveries(endpoint.id, { eventIds })).toMatchObject({
      status: "done",
      resent: 1,
    });
    await world.settle(() => endpoint.heard.length === 4);
    const from = endpoint.heard[0]?.body.timestamp;
    const { id } = await world.store.webhooks.replayDeliveries(endpoint.id, { from });
    await world.pass(minutes(1));
    await world.settle(() => endpoint.heard.length === 7);
    expect(await world.store.webhooks.getReplay(endpoint.id, id)).toMatchObject({
      status: "done",
      resent: 3,
    });
    expect(endpoint.heard.slice(3).map((heard) => [heard.id, heard.body])).toEqual([
      ...said.slice(1, 2),
      ...said,
    ]);
    const newcomer = await openEndpoint(world);
    await world.store.webhooks.replayDeliveries(newcomer.id, { eventIds });
    await world.settle(() => newcomer.heard.length === 1);
    await world.store.webhooks.replayDeliveries(newcomer.id, { from });
    await world.pass(minutes(1));
    await world.settle(() => newcomer.heard.length === 4);
    expect(newcomer.heard.map(({ id: eventId, body }) => [eventId, body])).toEqual([
      ...said.slice(1, 2),
      ...said,
    ]);
    await newcomer.close();
    await endpoint.close();
  });

  test("can be tried out without an order", async () => {
    const endpoint = await openEndpoint(world);
    await world.store.webhooks.testEndpoint(endpoint.id);
    await world.settle(() => endpoint.heard.length === 1);
    expect(endpoint.types()).toEqual(["endpoint.tested"]);
    await endpoint.close();
  });

  test("of kind acp hears of its own agent's orders in ACP's words, and of nobody else's", async () => {
    const { principalId } = await world.issue("agent", "another-agent");
    const stranger = await openEndpoint(world, { kind: "acp", principalId });
    const endpoint = await openEndpoint(world, { kind: "acp", principalId: world.shop.agentId });
    const id = await order();
    await world.settle(() => isSnapshot(endpoint.heard.at(-1), id, "confirmed"));
    // One that still waited as the next came was closed: the next says it all.
    expect([["order_create", "order_update"], ["order_update"]]).toContainEqual(endpoint.types());
    for (const { body, headers } of endpoint.heard) {
      expect(body.data).toMatchObject({ type: "order", id });
      expect(headers).toHaveProperty("merchant-signature");
      expect(complaints("2026-04-17", "Order", body.data)).toEqual([]);
    }
    expect(stranger.heard).toEqual([]);
    await Promise.all([endpoint.close(), stranger.close()]);
  });

  test("of kind acp, behind which somebody speaks ACP alone, hears once the operator has vouched for it", async () => {
    const { url, trust, heard, close } = await receive([], world.overheard);
    const { storeId, agentId: principalId } = world.shop;
    const { id, secret = "" } = await world.store.webhooks.createEndpoint({ url, kind: "acp", principalId });
    trust(secret);
    await order();
    await world.settle();
    expect(heard).toEqual([]);
    const vouched = { storeId, endpointId: id, url, reason: "named by its platform" };
    await world.laptop.operate({ command: "verify-endpoint", ...vouched });
    const orderId = await order();
    await world.settle(() => isSnapshot(heard.at(-1), orderId, "confirmed"));
    expect(new Set(heard.map(({ body: { data } }) => data["id"]))).toEqual(new Set([orderId]));
    const { events } = await world.store.audit.listAuditEvents();
    const about = { endpointId: id, host: new URL(url).host };
    expect(events).toContainEqual(expect.objectContaining({ action: "webhook_endpoint.verified", about }));
    await world.store.webhooks.removeEndpoint(id);
    close();
  });
});

describe("an event bus in another account", () => {
  const register = (url: string) => world.store.webhooks.createEndpoint({ url, kind: "event_bus" });

  test("hears what a webhook endpoint hears, once its owner has brought back the challenge that came there", async () => {
    const { id } = await register(bus);
    const { eventId } = await world.store.webhooks.testEndpoint(id);
    await world.settle(() => came.length === 1);
    const challenge = came[0]?.detail.data.challenge ?? "";
    await world.store.webhooks.changeEndpoint(id, { proof: { eventId, challenge } });
    world.laptop.cloud.advance(1_000);
    const orderId = await order();
    await world.settle(() => came.length === 4);
    expect(came.slice(1).map((event) => [event.source, event["detail-type"], event.detail.subject])).toEqual(
      ["order.placed", "payment.captured", "order.confirmed"].map((type) => [
        "agentic-checkout",
        type,
        orderId,
      ]),
    );
    await world.store.webhooks.removeEndpoint(id);
  });

  test("is all that the sender's role may put on, and with events of ours alone", async () => {
    const { endpoint, credentialsOf } = world.laptop.cloud;
    const credentials = credentialsOf("webhookdeliverwebhookrole");
    const client = new EventBridgeClient({ endpoint, credentials, region: "us-east-1", maxAttempts: 1 });
    const put = async (EventBusName: string, Source = "agentic-checkout") => {
      const entry = { EventBusName, Source, DetailType: "order.placed", Detail: "{}" };
      const sent = client.send(new PutEventsCommand({ Entries: [entry] }));
      return sent.then(
        ({ FailedEntryCount }) => FailedEntryCount,
        ({ name }: Error) => name,
      );
    };
    const ours = "agentic-checkout-local";
    expect(await put(bus)).toBe(0);
    expect(await put(bus, "aws.s3")).toBe("AccessDeniedException");
    expect(await put(ours)).toBe("AccessDeniedException");
    expect(await put(`arn:aws:events:us-east-1:000000000000:event-bus/${ours}`)).toBe(
      "AccessDeniedException",
    );
    expect(await put(bus.replace("us-east-1", "eu-west-1"))).toBe("AccessDeniedException");
  });

  test("that does not let us in is tried again; one of our own is refused", async () => {
    const { id } = await register(`${bus}-closed`);
    await world.store.webhooks.testEndpoint(id);
    const seen = async () => (await world.store.webhooks.listDeliveries(id)).deliveries;
    await world.laptop.cloud.idle();
    expect(await seen()).toMatchObject([{ status: "waiting", reason: "bus_access_denied" }]);
    await world.store.webhooks.removeEndpoint(id);
    const ours = bus.replace("111122223333", "000000000000");
    await expect(register(ours)).rejects.toThrow("another account");
  });
});

test("an endpoint whose keeper has accepted how to treat them is told who bought, on record", async () => {
  const { key = "", principal } = await world.store.access.issueLicenseKey({
    role: "fulfillment",
    principal: "parcels",
    scopes: ["store:read", "agreements:write"],
  });
  const ask = asker(world.storeApi);
  const { body: statement } = await ask(key, "GET", "/data_protection_statement");
  const points = Object.keys(statement["points"] as object).map((name) => [name, true]);
  const acceptance = { version: statement["version"], points: Object.fromEntries(points) };
  await ask(key, "POST", "/data_protection_statement/acceptances", acceptance);
  const asked = { customer: { keptBy: principal.id }, events: ["order.placed"] };
  // What it hears is searched for nobody: it may know.
  const endpoint = await openEndpoint({ ...world, overheard: [] }, asked);
  const session = await world.ready();
  await world.agent.complete(session.id, "pm_card_visa");
  await world.settle(() => endpoint.heard.length === 1);
  expect(endpoint.heard[0]?.body).toMatchObject({
    customer: { name: canarySession.buyer.full_name, email: canarySession.buyer.email },
  });
  const { events } = await world.store.audit.listAuditEvents();
  const record = { action: "customer.told", subjects: [endpoint.heard[0]?.body.subject] };
  expect(events).toContainEqual(expect.objectContaining(record));
  await endpoint.close();
});

/** What an agent has heard last: its order, how that is, and how its parcels are. */
const isSnapshot = (last: Heard | undefined, id: string | undefined, ...statuses: string[]): boolean => {
  const { data = {} } = last?.body ?? {};
  const parcels = (data["fulfillments"] ?? []) as { status: string }[];
  const shown = [data["status"], ...parcels.map(({ status }) => status)];
  return data["id"] === id && isDeepStrictEqual(shown.slice(0, statuses.length), statuses);
};

test("a warehouse ships in parts under a key of its own, and the agent follows each parcel", async () => {
  await world.restock(20);
  const came = { changes: [{ productId: "mug-blue", delta: 5 }] };
  const counted = await asker(world.storeApi)(world.shop.integrationKey, "POST", "/stock_changes", came);
  expect(counted).toMatchObject({ status: 200, body: { changed: 1, refused: 0 } });
  expect(await world.stockOf("mug-blue")).toBe(25);
  const acp = await openEndpoint(world, { kind: "acp", principalId: world.shop.agentId });
  const erp = await openEndpoint(world, { events: ["order.updated"] });
  const { key = "" } = await world.store.access.issueLicenseKey({
    role: "fulfillment",
    principal: "warehouse",
    scopes: ["orders:read", "fulfillments:write"],
  });
  const ask = asker(world.storeApi);
  const session = (await world.agent.create([{ id: "mug-blue", quantity: 3 }], canarySession)).body;
  const { body } = await world.agent.complete(session.id, "pm_card_visa");
  const path = `/orders/${body.order?.id}/fulfillments`;
  await world.settle(() => isSnapshot(acp.heard.at(-1), body.order?.id, "confirmed"));
  const before = acp.heard.length;
  const tracking = { carrier: "DHL", number: "00340434161094042557", url: "https://dhl.example/track?id=1" };
  const lines = [{ productId: "mug-blue", quantity: 2 }];
  const first = await ask(key, "POST", path, { lines, tracking });
  expect(first).toMatchObject({ status: 201, body: { status: "shipped", lines, tracking } });
  expect(await ask(key, "POST", path, { lines })).toMatchObject({ status: 409, body: { code: "conflict" } });
  await ask(key, "POST", `${path}/${first.body["id"]}/events`, { type: "delivered" });
  await ask(key, "POST", path, {});
  const isTold = () => isSnapshot(acp.heard.at(-1), body.order?.id, "shipped", "delivered", "shipped");
  await world.settle(() => isTold() && erp.heard.length === 3);
  const shown = acp.heard.slice(before).map(({ body: { data } }) => {
    expect(complaints("2026-04-17", "Order", data)).toEqual([]);
    return [
      data["status"],
      ...(data as { fulfillments: { status: string }[] }).fulfillments.map((each) => each.status),
    ];
  });
  expect(shown.at(-1)).toEqual(["shipped", "delivered", "shipped"]);
  expect(acp.heard.at(-1)?.body.data).toMatchObject({
    fulfillments: [{ tracking_number: tracking.number, tracking_url: tracking.url }, {}],
    line_items: [{ quantity: { ordered: 3, current: 3, fulfilled: 3 }, status: "fulfilled" }],
  });
  // Whoever has no endpoint hears the same when it asks.
  await world.pass(minutes(1));
  const since = new Date(Date.parse(String(erp.heard[0]?.body.timestamp)) - 1).toISOString();
  const { body: page } = await ask(world.shop.integrationKey, "GET", `/events?since=${since}`);
  const told = (page as { events?: { id: string }[] }).events ?? [];
  expect(told.filter(({ id }) => erp.heard.some((each) => each.id === id))).toEqual(
    erp.heard.map(({ body: said }) => said),
  );
  const changed = await ask(key, "GET", `/orders?updatedSince=${since}&productId=mug-blue`);
  expect(changed.body).toMatchObject({ orders: [{ id: body.order?.id, fulfillmentStatus: "fulfilled" }] });
  await Promise.all([acp.close(), erp.close()]);
});

test("the last piece that is sold is told as depleted stock", async () => {
  await world.restock(1);
  const endpoint = await openEndpoint(world, { events: ["stock.depleted"] });
  const session = await world.ready();
  await world.agent.complete(session.id, "pm_card_visa");
  await world.settle(() => endpoint.heard.length === 1);
  expect(endpoint.heard[0]?.body.subject).toBe("product:mug-blue");
  await endpoint.close();
});

test("an order that waits for its sweeper is fulfilled by it: the bus may lose what it likes", async () => {
  world.laptop.cloud.arm({ effect: "fail", when: "before", nth: 1, times: 99, service: "events" });
  const id = await order();
  await world.settle();
  expect(await shown(id)).toMatchObject({ status: "placed" });
  world.laptop.cloud.arm(undefined);
  const endpoint = await openEndpoint(world);
  await world.pass(minutes(3));
  await world.settle();
  await world.pass(minutes(3));
  await world.settle();
  expect(await shown(id)).toMatchObject({ status: "confirmed", payment: { state: "captured" } });
  expect(endpoint.typesOf(id)).toEqual(["payment.captured", "order.confirmed"]);
  await endpoint.close();
});
