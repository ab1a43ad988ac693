import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { totalOf } from "./agent.ts";
import { openEndpoint } from "./endpoint.ts";
import { openWorld, type World } from "./world.ts";

/** Long enough that no ciphertext spells it by chance. */
const canary = "Zqxcanaryjwvkpqxzyhbgnm";
/** A test number that every card checker knows. */
const card = "4242424242424242";

const person = {
  buyer: {
    first_name: canary,
    last_name: canary,
    email: `${canary}@example.com`,
    phone_number: "+49 30 7777123456",
  },
  fulfillment_details: {
    name: canary,
    phone_number: "+49 30 7777123456",
    email: `${canary}@example.com`,
    address: {
      name: canary,
      company: canary,
      line_one: `${canary} 1`,
      line_two: canary,
      city: canary,
      state: "BE",
      country: "DE",
      postal_code: `${canary} 77`,
    },
  },
  order_notes: `Leave it with ${canary}`,
};
const attribution = { provider: "aff.example", token: canary, publisher_id: canary, touchpoint: "last" };

/** As text in any case, or within base64 at each offset: its middle, which does not hang on the neighbors. */
const spelledIn = (text: string, plain: string): boolean =>
  text.toLowerCase().includes(plain.toLowerCase()) ||
  [0, 1, 2].some((offset) => {
    const middle = Buffer.from("x".repeat(offset) + plain)
      .toString("base64")
      .slice(4, -4);
    return middle.length >= 12 && text.includes(middle);
  });
const readableIn = (text: string): string[] =>
  [canary, "7777123456", card].filter((plain) => spelledIn(text, plain));

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());

describe("after a purchase by somebody with a name", () => {
  const directory = mkdtempSync(join(tmpdir(), "privacy-"));
  const data = join(directory, "data");
  let world: World;
  let sessionId: string;
  const webhooks: string[] = [];
  const secrets: string[] = [];

  beforeAll(async () => {
    world = await openWorld({ data, log: join(directory, "log"), journal: true });
    const endpoint = await openEndpoint(world);
    const session = await world.ready("mug-blue", { ...person, affiliate_attribution: attribution });
    sessionId = session.id;
    const left = await world.ready("mug-blue", person);
    const intent_trace = { reason_code: "other", trace_summary: `${canary} changed their mind` };
    await world.agent.call("POST", `/checkout_sessions/${left.id}/cancel`, { intent_trace });
    await world.agent.create([{ id: "mug-blue" }], { order_notes: `my card is ${card}` });
    const token = await world.token(totalOf(session));
    secrets.push(token, endpoint.secret);
    await world.agent.complete(session.id, token, {
      affiliate_attribution: attribution,
    });
    await vi.waitFor(() => expect(endpoint.types()).toContain("order.confirmed"), 15_000);
    webhooks.push(...endpoint.heard.map((received) => JSON.stringify(received)));
    await endpoint.close();
    await world.settle();
  });
  afterAll(async () => {
    await world?.laptop.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("the store that may know reads who bought, and the agent its own session", async () => {
    const { orders } = await world.store<{ orders: object[] }>("GET", "/orders");
    expect(JSON.stringify(orders)).toContain(canary);
  });

  test("that look is on record, sealed within a minute by a key that nobody else may use, and verified", async () => {
    await world.pass(60_000);
    const look = { command: "verify-audit", storeId: world.shop.storeId };
    const { done } = (await world.laptop.cloud.invoke("audit/examine-audit", look)) as {
      done: { part: { seals: number; unsealed: number; problems: object[] } };
    };
    expect(done.part).toMatchObject({ unsealed: 1, problems: [] });
    expect(done.part.seals).toBeGreaterThan(0);
    const { events } = await world.store<{ events: { action: string }[] }>("GET", "/audit_events");
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["order.read", "audit.verified"]),
    );
    expect(readableIn(JSON.stringify(events))).toEqual([]);
  });

  test("no table, queue, key or payment file holds it in clear", () => {
    const files = filesIn(data);
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter((file) => readFileSync(file, "latin1").includes(sessionId))).not.toEqual([]);
    for (const file of files) expect([file, readableIn(readFileSync(file, "latin1"))]).toEqual([file, []]);
  });

  test("no log line holds it", () => {
    const log = readFileSync(join(directory, "log"), "utf8");
    expect(log).toContain("checkout_sessions");
    expect(readableIn(log)).toEqual([]);
  });

  test("no event, message, stream record or execution holds it", () => {
    const { journal } = world.laptop.cloud;
    expect(new Set(journal.map(({ kind }) => kind)).size).toBeGreaterThan(2);
    for (const entry of journal) expect(readableIn(JSON.stringify(entry))).toEqual([]);
  });

  test("no webhook told it, and Stripe knows opaque ids only", () => {
    expect(webhooks.length).toBeGreaterThan(2);
    for (const webhook of webhooks) expect(readableIn(webhook)).toEqual([]);
    expect(readableIn(JSON.stringify(world.intents()))).toEqual([]);
  });

  test("who is listed can be exported and forgotten, and then nobody reads who bought", async () => {
    const found = await world.store<{ customers: { id: string; orders: { id: string }[] }[] }>(
      "GET",
      "/customers",
    );
    const [customer] = found.customers;
    const path = `/customers/${customer?.id}`;
    expect(JSON.stringify(await world.store("POST", `${path}/export`, {}))).toContain(canary);
    await world.store("DELETE", path);
    const order = await world.store<{ contact: unknown }>("GET", `/orders/${customer?.orders[0]?.id}`);
    expect(order).toMatchObject({ contact: null, status: "confirmed" });
    expect(
      readableIn(JSON.stringify((await world.agent.call("GET", `/checkout_sessions/${sessionId}`)).body)),
    ).toEqual([]);
  });

  test("no license key lies anywhere either, in tables, logs, events or executions", () => {
    const { adminKey, agentKey, integrationKey } = world.shop;
    const sinks = [
      ...filesIn(directory).map((file) => readFileSync(file, "latin1")),
      JSON.stringify(world.laptop.cloud.journal),
    ];
    for (const key of [adminKey, agentKey, integrationKey])
      expect(sinks.filter((sink) => sink.includes(key.slice(-40)))).toEqual([]);
  });

  test("no secret does: neither an endpoint's nor the token that paid, but at Stripe, who gave it", () => {
    const ours = filesIn(directory).filter((file) => !file.endsWith("/stripe.json"));
    const sinks = [
      ...ours.map((file) => readFileSync(file, "latin1")),
      JSON.stringify(world.laptop.cloud.journal),
    ];
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(sinks.filter((sink) => spelledIn(sink, secret))).toEqual([]);
    }
  });

  test("the search would have found it", () => {
    expect(readableIn(`{"name":"${canary}"}`)).not.toEqual([]);
    expect(readableIn(Buffer.from(`{"name":"${canary}"}`).toString("base64"))).not.toEqual([]);
  });
});
