import { describe, expect, test } from "vitest";
import { TableBusy } from "#functions/runtime/table.ts";
import { everyRoute } from "#test/every-route.ts";
import { someFacts } from "#test/examples.ts";
import {
  cases,
  connector,
  customer,
  endpoint,
  idIn,
  key,
  type PostWorld,
  postWorld,
  site,
} from "#test/runtime/post-world.ts";

type What = { readonly path: string; readonly body?: unknown };

/** What is no POST; those have their cases already. */
const others: Readonly<Record<string, (world: PostWorld) => Promise<What>>> = {
  "PATCH /store": async () => ({ path: "/store", body: { stripeAccount: "acct_elsewhere0" } }),
  "PUT /store/connector": async () => ({ path: "/store/connector", body: connector }),
  "DELETE /store/connector": async ({ send }) => {
    await send({ method: "PUT", path: "/store/connector", body: connector });
    return { path: "/store/connector" };
  },
  "PUT /agent_feeds": async () => ({ path: "/agent_feeds", body: agentFeed }),
  "DELETE /agent_feeds/{name}": async ({ send }) => {
    await send({ method: "PUT", path: "/agent_feeds", body: agentFeed });
    return { path: "/agent_feeds/openai" };
  },
  "PUT /store/connector/products": async ({ send }) => {
    await send({ method: "PUT", path: "/store/connector", body: site });
    // Its settings are known: what is read is kept, whatever becomes of the act.
    await send({ method: "GET", path: "/store/connector" });
    return { path: "/store/connector/products", body: {} };
  },
  "PUT /discounts": async () => ({
    path: "/discounts",
    body: { discounts: [{ code: "spring", kind: "percent", percentOff: 10 }] },
  }),
  "PUT /products": async () => ({
    path: "/products",
    body: { products: ["cup", "jug"].map((id) => ({ id, title: id, unitAmount: 100 })) },
  }),
  "PATCH /license_keys/{id}": async (world) => ({
    path: (await key(world)).path,
    body: { scopes: ["products:read"] },
  }),
  "DELETE /customers/{id}": async (world) => ({ path: await customer(world) }),
  "DELETE /domains/{domain}": async ({ call }) => {
    await call("/domains", { domain: "shop.example.com" }, "challenge");
    return { path: "/domains/shop.example.com" };
  },
  "PATCH /webhook_endpoints/{id}": async (world) => ({
    path: await webhookEndpoint(world),
    body: { status: "disabled" },
  }),
  "DELETE /webhook_endpoints/{id}": async (world) => ({ path: await webhookEndpoint(world) }),
};

const agentFeed = { name: "openai", url: "https://agent.example.com/acp", credential: "a-credential" };

const webhookEndpoint = async ({ call }: PostWorld) =>
  `/webhook_endpoints/${idIn(await call("/webhook_endpoints", endpoint, "endpoint"))}`;

const acts = everyRoute
  .filter(([, { recorded }]) => recorded?.with === "act")
  .map(([, route]) => [`${route.method} ${route.path}`, route] as const);

test("the walk sees what moves money, and where it goes", () => {
  expect(acts.map(([name]) => name)).toEqual(
    expect.arrayContaining(["PATCH /store", "POST /orders/{id}/refunds", "POST /webhook_endpoints"]),
  );
});

const asked = async (world: PostWorld, name: string, { method, path }: (typeof acts)[number][1]) => {
  const what = await (method === "POST" ? cases[path] : others[name])?.(world);
  if (!what) throw new Error(`nothing is known to ask of ${name}`);
  return { method, path: what.path, body: what.body, requestId: someFacts().requestId };
};

/** Whatever is not the audit's. That somebody tried is counted before it is done. */
const withoutAudit = (world: PostWorld) =>
  (["access", "commerce", "outbox", "people", "webhooks"] as const).map((name) =>
    JSON.stringify(world.platform.table.rows(name).filter(({ sk }) => !sk.startsWith("counter#"))),
  );

describe.each(acts)("%s", (name, route) => {
  test("is on record by its own name, once, as somebody's whom its scope let in", async () => {
    const world = await postWorld();
    const request = await asked(world, name, route);
    const answer = await world.send(request);
    expect([answer.statusCode < 300, answer.text]).toEqual([true, answer.text]);
    const records = world.platform.table
      .rows("audit")
      .filter(({ actor }) => (actor as { requestId: string }).requestId === request.requestId);
    expect(records.filter(({ action }) => action === route.recorded?.as)).toMatchObject([
      { decidedBy: route.scope, actor: { role: "admin" } },
    ]);
  });

  test("is not done where its record can't be written", async () => {
    const world = await postWorld();
    const request = await asked(world, name, route);
    const before = [withoutAudit(world), world.money()];
    world.seeThrough({
      commit: async (writes) => {
        if (writes.some(({ table }) => table === "audit")) throw new TableBusy("the audit is away");
        await world.platform.table.commit(writes);
      },
    });
    expect((await world.send(request)).statusCode).toBe(503);
    expect([withoutAudit(world), world.money()]).toEqual(before);
  });
});

test("a change of where money goes says where to; nothing of what people read is in it", async () => {
  const world = await postWorld();
  const body = { stripeAccount: "acct_elsewhere0", name: "Cups of Ada" };
  await world.send({ method: "PATCH", path: "/store", body });
  expect(world.platform.table.rows("audit")).toMatchObject([
    { about: { settings: "name,stripeAccount", stripeAccount: "acct_elsewhere0" } },
  ]);
  expect(JSON.stringify(world.platform.table.rows("audit"))).not.toContain("Ada");
});

test("a change of what the store brakes says what it is from now on: who lets more through is known by it", async () => {
  const world = await postWorld();
  const patch = (limits: object | null) => world.send({ method: "PATCH", path: "/store", body: { limits } });
  await patch({ refunds_per_store: 1_000_000, amount_per_address: 5_000 });
  await patch(null);
  const limits = world.platform.table
    .rows("audit")
    .map(({ about }) => (about as Record<string, string>)["limits"]);
  expect(limits.sort()).toEqual(["none", "refunds_per_store=1000000 amount_per_address=5000"]);
});

test("a hundred products are one record, by their ids", async () => {
  const world = await postWorld();
  const ids = Array.from({ length: 100 }, (_, nth) => `mug-${nth}`);
  const products = ids.map((id) => ({ id, title: id, unitAmount: 100 }));
  const { statusCode } = await world.send({ method: "PUT", path: "/products", body: { products } });
  expect(statusCode).toBe(200);
  expect(world.platform.table.rows("audit")).toMatchObject([{ about: { productIds: ids.join(",") } }]);
});
