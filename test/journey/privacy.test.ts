import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { totalOf } from "./agent.ts";
import { canaries } from "./canary.ts";
import { openEndpoint } from "./endpoint.ts";
import { filesIn, leaksIn, memoryOf, type Sink, spelledIn } from "./leaks.ts";
import { openWorld, type World } from "./world.ts";

/** A test number that every card checker knows. */
const card = "4242424242424242";
const [canary = ""] = canaries;

const readableIn = (text: string): string[] => leaksIn([{ name: "it", text }]);

describe("after a purchase by somebody with a name", () => {
  let world: World;
  let sessionId: string;
  const secrets: string[] = [];

  beforeAll(async () => {
    world = await openWorld();
    const endpoint = await openEndpoint(world);
    const session = await world.ready();
    sessionId = session.id;
    const left = await world.ready();
    const intent_trace = { reason_code: "other", trace_summary: `${canary} changed their mind` };
    await world.agent.call("POST", `/checkout_sessions/${left.id}/cancel`, { intent_trace });
    await world.agent.create([{ id: "mug-blue" }], { order_notes: `my card is ${card}` });
    const token = await world.token(totalOf(session));
    secrets.push(token, endpoint.secret);
    const affiliate_attribution = { provider: "aff.example", token: canary, touchpoint: "last" };
    await world.agent.complete(session.id, token, { affiliate_attribution });
    await vi.waitFor(() => expect(endpoint.types()).toContain("order.confirmed"), 15_000);
    await endpoint.close();
    await world.settle();
  });
  /** It is searched once more when it has stopped, like every world. */
  afterAll(() => world?.laptop.stop());

  test("the store that may know reads who bought, and the agent its own session", async () => {
    const { orders } = await world.store.orders.listOrders();
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
    const { events } = await world.store.audit.listAuditEvents();
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["order.read", "audit.verified"]),
    );
    expect(readableIn(JSON.stringify(events))).toEqual([]);
  });

  const whatIsKept = async (): Promise<Sink[]> => [...filesIn(world.directory), ...(await memoryOf(world))];

  test("it can be read in no table, queue, log line, event, message, execution or webhook, nor at Stripe", async () => {
    const sinks = await whatIsKept();
    expect(leaksIn(sinks)).toEqual([]);
    const kinds = new Set(
      sinks.map(({ name }) => name.replace(world.directory, "").split(" ").slice(0, 4).join(" ")),
    );
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        "/data/tables.sqlite",
        "/data/queues.json",
        "/data/stripe.json",
        "/log",
        "passing event",
        "passing message",
        "passing execution",
        "a PaymentIntent",
        "a webhook",
      ]),
    );
    const named = sinks.filter(({ text }) => text.includes(sessionId));
    expect(named.some(({ name }) => name.includes("tables.sqlite"))).toBe(true);
    expect(named.some(({ name }) => name.startsWith("a row of"))).toBe(true);
  });

  test("who is listed can be exported and forgotten, and then nobody reads who bought", async () => {
    const found = await world.store.customers.listCustomers();
    const [customer] = found.customers;
    const id = customer?.id ?? "";
    expect(JSON.stringify(await world.store.customers.exportCustomer(id))).toContain(canary);
    await world.store.customers.eraseCustomer(id);
    const order = await world.store.orders.getOrder(customer?.orders[0]?.id ?? "");
    expect(order).toMatchObject({ contact: null, status: "confirmed" });
    expect(
      readableIn(JSON.stringify((await world.agent.call("GET", `/checkout_sessions/${sessionId}`)).body)),
    ).toEqual([]);
  });

  test("no license key can be read either, nor an endpoint's secret, nor the token that paid, but at Stripe", async () => {
    const { adminKey, agentKey, integrationKey } = world.shop;
    const ours = (await whatIsKept()).filter(({ name }) => !name.endsWith("/stripe.json"));
    for (const secret of [adminKey.slice(-40), agentKey.slice(-40), integrationKey.slice(-40), ...secrets]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(ours.filter(({ text }) => spelledIn(text, secret))).toEqual([]);
    }
  });
});
