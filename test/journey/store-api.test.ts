import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentOn, totalOf } from "./agent.ts";
import { canaryBuyer, canaryColleague } from "./canary.ts";
import { openEndpoint } from "./endpoint.ts";
import { asker } from "./problem.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
let ask: ReturnType<typeof asker>;
let second: { key: string; agentKey: string };
beforeAll(async () => {
  world = await openWorld();
  ask = asker(world.storeApi);
  second = await secondStore();
});
afterAll(() => world?.laptop.stop());

/** A store that has nothing in common with the first but the cloud. */
const secondStore = async () => {
  const file = new URL("../../infra/local/demo/store.json", import.meta.url);
  const store = { ...JSON.parse(readFileSync(file, "utf8")), reference: "second", domain: "second.example" };
  const opened = (await world.laptop.operate({ command: "create-store", store })) as {
    storeId: string;
    key: { key: string };
  };
  const agent = await world.issue("agent", "stranger", opened.storeId);
  return { key: opened.key.key, agentKey: agent.key };
};

const inStock = { available: true, status: "in_stock" };

const bought = async (): Promise<string> => {
  const { body } = await world.agent.create([{ id: "brewing-guide" }], { buyer: canaryBuyer.buyer });
  const done = await world.agent.complete(body.id, "pm_card_visa");
  return done.body.order?.id ?? "";
};

describe("whose key opens what", () => {
  test("another agent's session, and another store's, is not there: like one that never was", async () => {
    const { id } = await world.ready();
    const neighbor = await world.issue("agent", "another-agent");
    const never = (await world.agent.read(`chk_${"0".repeat(26)}`)).body;
    for (const key of [neighbor.key, second.agentKey]) {
      const other = agentOn(world.agentApi, key);
      const answers = [
        other.read(id),
        other.update(id, {}),
        other.cancel(id),
        other.complete(id, "pm_card_visa"),
      ];
      for (const { status, body } of await Promise.all(answers))
        expect({ status, body }).toEqual({ status: 404, body: never });
    }
    expect((await world.agent.read(id)).body.status).toBe("ready_for_payment");
  });

  test("another store's order, product and endpoint are not there", async () => {
    const order = await bought();
    const { id } = await world.store.webhooks.createEndpoint({
      url: "http://127.0.0.1:9/x",
    });
    for (const path of [`/orders/${order}`, "/products/mug-blue", `/webhook_endpoints/${id}`])
      expect(await ask(second.key, "GET", path)).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect((await ask(second.key, "GET", "/orders")).body).toEqual({ orders: [], more: false });
    await world.store.webhooks.removeEndpoint(id);
  });

  test("a revoked key is dead at once, and every bad key gets the same answer on both APIs", async () => {
    const { key, keyId } = await world.issue("agent", "short-lived");
    const agent = agentOn(world.agentApi, key);
    expect((await agent.create([{ id: "mug-blue" }])).status).toBe(201);
    await world.laptop.operate({ command: "revoke-key", keyId });
    const revoked = await agent.create([{ id: "mug-blue" }]);
    const alsoRevoked = await ask(key, "GET", "/products");
    expect([revoked.status, alsoRevoked.status]).toEqual([401, 401]);
    const valid = world.shop.agentKey;
    const unknown = key.replace(/^(lk_test_)./, "$1z");
    const bad = [
      unknown,
      `${valid.slice(0, -1)}~`,
      "lk_test_x",
      "",
      valid.replace("lk_test", "lk_live"),
      `${valid} x`,
    ];
    for (const each of bad) {
      const refused = await world.agent.create([{ id: "mug-blue" }], {}, { key: each });
      expect([each, refused.status, refused.body]).toEqual([each, 401, revoked.body]);
      expect(await ask(each, "GET", "/products")).toEqual(alsoRevoked);
    }
    const without = await fetch(`${world.agentApi}/checkout_sessions`, { method: "POST" });
    expect([without.status, await without.json()]).toEqual([401, revoked.body]);
  });

  test("an admin issues a key over the API, shows it to the same request again, rolls and revokes it", async () => {
    type Issued = { id: string; key: string };
    const headers = { "idempotency-key": "first-agent" };
    const wanted = { role: "admin", principal: canaryColleague };
    const post = async (path: string, body: object = {}, more = {}) =>
      (await ask(world.shop.adminKey, "POST", path, body, more)) as unknown as {
        status: number;
        body: Issued;
      };
    const made = await post("/license_keys", wanted, headers);
    expect(made).toMatchObject({ status: 201, body: { key: expect.stringMatching(/^lk_test_/) } });
    expect(await post("/license_keys", wanted, headers)).toEqual(made);
    const works = async ({ body }: { body: Issued }) => (await ask(body.key, "GET", "/products")).status;
    const shown = await ask(world.shop.adminKey, "GET", `/license_keys/${made.body.id}`);
    expect(shown.body).toMatchObject({ principal: { name: canaryColleague } });
    const rolled = await post(`/license_keys/${made.body.id}/roll`);
    expect([await works(made), await works(rolled)]).toEqual([200, 200]);
    await post(`/license_keys/${rolled.body.id}/revoke`);
    expect([await works(made), await works(rolled)]).toEqual([200, 401]);
  });

  test("a key in a URL or a body is refused by 400 on both APIs, and its owner learns of it", async () => {
    const { key, keyId } = await world.issue("agent", "careless");
    const exposed = { status: 400, body: { code: "license_key_exposed" } };
    expect(await ask(key, "GET", `/products?key=${key}`)).toMatchObject(exposed);
    expect(await ask(world.shop.adminKey, "PATCH", "/store", { name: key })).toMatchObject(exposed);
    expect(await agentOn(world.agentApi, key).create([{ id: key }])).toMatchObject(exposed);
    const bare = await fetch(`${world.agentApi}/checkout_sessions/chk_1?key=${key}`);
    expect([bare.status, await bare.text()]).toEqual([400, expect.not.stringContaining(key)]);
    await world.laptop.cloud.sweep(60_000);
    const shown = await ask(world.shop.adminKey, "GET", `/license_keys/${keyId}`);
    expect(shown.body).toHaveProperty("exposedAt");
  });

  test("a key does what its role may, and no more", async () => {
    const { agentKey, integrationKey, adminKey } = world.shop;
    for (const key of [integrationKey, adminKey]) {
      const refused = await agentOn(world.agentApi, key).create([{ id: "mug-blue" }]);
      expect(refused).toMatchObject({ status: 403, body: { code: "forbidden" } });
    }
    const order = await bought();
    const refused = [
      await ask(agentKey, "GET", "/orders"),
      await ask(agentKey, "GET", `/orders/${order}`),
      await ask(agentKey, "PUT", "/products", { products: [] }),
      await ask(agentKey, "PATCH", "/store", { name: "Mine" }),
      await ask(integrationKey, "PUT", "/discounts", { discounts: [] }),
      await ask(integrationKey, "PATCH", "/store", { name: "Mine" }),
    ];
    for (const each of refused) expect(each).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await ask(agentKey, "GET", "/products?q=mug")).status).toBe(200);
  });

  test("only who may know persons sees who bought", async () => {
    const order = await bought();
    const [seen, not] = [world.shop.adminKey, world.shop.integrationKey];
    expect((await ask(seen, "GET", `/orders/${order}`)).body).toHaveProperty("contact.buyer.email");
    const masked = (await ask(not, "GET", `/orders/${order}`)).body;
    expect(masked).toMatchObject({
      contact: { buyer: { email: expect.stringMatching(/^.\*\*\*@\*\*\*$/) } },
    });
  });
});

describe("what a store's people see and set", () => {
  test("orders come newest first, page by page, each once", async () => {
    const made = [];
    for (let count = 0; count < 5; count += 1) {
      made.push(await bought());
      world.laptop.cloud.advance(1_000);
    }
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page = await world.store.orders.listOrders({ limit: 2, after });
      pages.push(page.orders.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(pages.flat().slice(0, 5)).toEqual(made.reverse());
    expect(new Set(pages.flat()).size).toBe(pages.flat().length);
    expect(pages.slice(0, -1).every((page) => page.length === 2)).toBe(true);
    expect((await ask(world.shop.adminKey, "GET", "/orders?limit=0")).body).toMatchObject({
      param: "$.limit",
    });
  });

  test("products are put in bulk, found by words, and no longer sold when they are not active", async () => {
    const products = ["Green cup", "Green bowl", "Red cup"].map((title, index) => ({
      id: `piece-${index}`,
      title,
      unitAmount: 1_000 + index,
      stock: { onHand: 9 },
    }));
    expect(await world.store.catalog.putProducts({ products })).toMatchObject({
      created: products.map(({ id }) => id),
    });
    const found = await world.store.catalog.listProducts({ q: "cup GREEN" });
    expect(found.products).toMatchObject([{ id: "piece-0", currency: "eur" }]);
    await world.store.catalog.putProducts({
      products: products.slice(0, 1).map((cup) => ({ ...cup, active: false })),
    });
    const { body } = await world.agent.create([{ id: "piece-0" }]);
    expect(body.messages).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ code: "not_found" })]),
    );
  });

  test("a count comes as a CSV file, is reported line by line, and is what the feed says then", async () => {
    const products = ["plate", "saucer"].map((id) => ({
      id,
      title: `A ${id}`,
      unitAmount: 500,
      stock: { onHand: 0 },
    }));
    await world.store.catalog.putProducts({ products });
    const file = "productId,delta,onHand\r\nplate,+7,\r\nnowhere,1,\r\nsaucer,,unlimited\r\n";
    const headers = { "content-type": "text/csv; charset=utf-8", "idempotency-key": "count-of-today" };
    const count = () => ask(world.shop.integrationKey, "POST", "/stock_changes", file, headers);
    const report = await count();
    expect(report).toMatchObject({
      status: 200,
      body: { changed: 2, refused: 1, changes: [{}, { index: 1, code: "not_found" }, {}] },
    });
    expect(await count()).toEqual(report);
    expect(await world.stockOf("plate")).toBe(7);
    const lines = [];
    let next: string | undefined = "/feed?format=jsonl&limit=2";
    while (next) {
      const page: Response = await fetch(`${world.storeApi}${next}`, {
        headers: { authorization: `Bearer ${world.shop.agentKey}` },
      });
      lines.push(
        ...(await page.text())
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line)),
      );
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
    }
    for (const id of ["plate", "saucer"])
      expect(lines).toContainEqual(
        expect.objectContaining({ id, variants: [expect.objectContaining({ availability: inStock })] }),
      );
  });

  test("a changed setting is what the next buyer gets", async () => {
    const settings = await world.store.store.getStore();
    const free = settings.shippingOptions.map((option) => ({ ...option, amount: 0 }));
    await world.store.store.patchStore({ name: "Tea & Cups", shippingOptions: free });
    expect(await world.store.store.getStore()).toMatchObject({ name: "Tea & Cups", currency: "eur" });
    await world.restock(20);
    expect(totalOf(await world.ready())).toBe(1_900);
    expect((await ask(world.shop.adminKey, "PATCH", "/store", { currency: "usd" })).body).toMatchObject({
      code: "conflict",
    });
    await world.store.store.patchStore({ shippingOptions: settings.shippingOptions });
  });

  test("a code that one order may use is used by one order, and is back when none came of it", async () => {
    const once = { code: "ONCE", kind: "fixed", amountOff: 500, usageLimit: 1 } as const;
    await world.store.store.putDiscounts({ discounts: [once] });
    await world.restock(20);
    const with_ = { discounts: { codes: ["once"] } };
    const [one, other] = [await world.ready("mug-blue", with_), await world.ready("mug-blue", with_)];
    expect(totalOf(one)).toBe(1_890);
    const declined = await world.agent.complete(one.id, "pm_card_chargeDeclined");
    expect(totalOf(declined.body)).toBe(1_890);
    expect((await world.agent.complete(one.id, "pm_card_visa")).body.status).toBe("completed");
    const late = await world.agent.complete(other.id, "pm_card_visa");
    expect(late.body).toMatchObject({ status: "ready_for_payment" });
    expect(totalOf(late.body)).toBe(2_390);
    expect(late.body.messages.map(({ code }) => code)).toContain("discount_code_usage_limit_reached");
  });
});

describe("who tries cards", () => {
  test("is told to come later, the store's integration hears of it, and the checkout is there for who pays", async () => {
    const hooks = await openEndpoint(world, { events: ["velocity.exceeded"] });
    const limit = (declines_per_address: number) =>
      world.store.store.patchStore({ limits: { declines_per_address } });
    await limit(2);
    // Nobody was declined at this door yet.
    const address = { ...canaryBuyer.fulfillment_details.address, line_two: "next door" };
    const { id } = await world.ready("brewing-guide", {
      fulfillment_details: { ...canaryBuyer.fulfillment_details, address },
    });
    const before = world.intents().length;
    for (const card of ["pm_card_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds"])
      expect((await world.agent.complete(id, card)).status).toBe(200);
    const how = { idempotency: `paid-${id}` };
    const braked = await world.agent.complete(id, "pm_card_visa", {}, how);
    expect(braked).toMatchObject({ status: 429, body: { code: "velocity_exceeded" } });
    expect(Number(braked.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(braked.headers.get("ratelimit")).toMatch(/^"requests";r=\d+;t=\d+$/);
    expect(world.intents()).toHaveLength(before + 2);
    await world.settle(() => hooks.heard.length > 0);
    expect(hooks.heard.map(({ body }) => body.data)).toMatchObject([
      { rule: "declines_per_address", limit: 2, checkoutId: id },
    ]);
    await world.store.store.patchStore({ limits: null });
    expect((await world.agent.complete(id, "pm_card_visa", {}, how)).body.status).toBe("completed");
    await hooks.close();
  });
});
