import { describe, expect, test } from "vitest";
import { changedProduct, productStore, putProduct } from "#functions/catalog/product.store.ts";
import { setStock } from "#functions/catalog/stock.store.ts";
import { wire } from "#functions/fulfillment/fulfillment.handler.ts";
import { wire as wireSweep } from "#functions/fulfillment/sweep-shops.handler.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import type { DialResult } from "#functions/runtime/outbound.ts";
import { hours, minutes } from "#functions/values/clock.ts";
import { aCaller, aProduct, aStore, storeId } from "#test/examples.ts";
import { type FakeAgentFeed, fakeAgentFeed } from "#test/fakes/agent-feed.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { aContext, memoryPlatform } from "#test/fakes/memory-platform.ts";
import { stockShop } from "#test/fakes/memory-shop.ts";

const url = "https://agent.example.com/acp";
const credential = "feed-credential-0123456789";
const owner = aCaller({ role: "admin", scopes: ["store:read", "connections:write"] });
const named = (count: number) =>
  Array.from({ length: count }, (_, at) => `mug-${String(at).padStart(3, "0")}`);

/** A store of three mugs, whose products an agent's feed is told. */
const aToldFeed = async ({ ids = named(3), body = {} }: { ids?: readonly string[]; body?: object } = {}) => {
  const on = memoryPlatform();
  await stockShop(
    on,
    ids.map((id) => ({ ...aProduct({ id }), available: 5 })),
    aStore(),
  );
  const agent = fakeAgentFeed({ url, credential });
  const seal = fakeStoreSeal();
  const environment = environmentOf({ STAGE: "test", OUTBOUND_POLICY: "public" });
  const handler = wire({ ...on, environment, dial: agent.dial, seal });
  const call = (method: string, given?: object) =>
    callApi(handler, {
      method,
      path: `/agent_feeds${method === "DELETE" ? "/openai" : ""}`,
      caller: owner,
      body: given && { name: "openai", ...given },
    });
  const put = await call("PUT", { url, credential, targetCountry: "DE", ...body });
  const sweep = (by: typeof on = on) => wireSweep({ ...by, dial: agent.dial, seal })({}, aContext());
  return {
    on,
    agent,
    call,
    put,
    pass: async (milliseconds: number = minutes(5)) => {
      on.clock.advance(milliseconds);
      await sweep();
    },
    sweep,
    there: (id = "feed_1") =>
      Object.fromEntries(
        [...(agent.feeds.get(id)?.values() ?? [])].map((told) => [
          told.id,
          told.variants[0]?.availability.status,
        ]),
      ),
    patches: () =>
      agent.requests
        .filter(({ method }) => method === "PATCH")
        .map(({ body: text = "{}" }) => (JSON.parse(text).products as { id: string }[]).map(({ id }) => id)),
    feed: async () => ((await call("GET")).body as { agentFeeds: Record<string, unknown>[] }).agentFeeds[0],
    sell: (id: string, onHand: number | null) => on.table.commit([setStock(storeId, id, { onHand })]),
    change: async (id: string, change: { unitAmount?: number; active?: boolean }) => {
      const known = (await productStore(on.table).getMany(storeId, [id])).get(id);
      if (known) await on.table.commit([changedProduct(storeId, known.product, change)]);
    },
  };
};

const away: DialResult = { answered: false, reason: "timeout" };
const answers = (status: number, headers = {}): DialResult => ({
  answered: true,
  status,
  headers,
  body: new Uint8Array(),
});

describe("an agent's feed", () => {
  test("is made once and told all that is sold, then only what has changed", async () => {
    const { agent, pass, there, patches, sell, change, feed, on } = await aToldFeed();
    await pass(0);
    expect(agent.requests[0]).toMatchObject({
      method: "POST",
      url: `${url}/feeds`,
      body: '{"target_country":"DE"}',
    });
    expect(there()).toEqual({ "mug-000": "in_stock", "mug-001": "in_stock", "mug-002": "in_stock" });
    await sell("mug-001", 4);
    await pass();
    expect(patches()).toHaveLength(1);
    await sell("mug-001", 0);
    await change("mug-002", { unitAmount: 2_500 });
    await pass();
    expect(patches().at(-1)).toEqual(["mug-001", "mug-002"]);
    expect([
      there()["mug-001"],
      agent.feeds.get("feed_1")?.get("mug-002")?.variants[0]?.price.amount,
    ]).toEqual(["out_of_stock", 2_500]);
    expect([agent.feeds.size, await feed()]).toMatchObject([
      1,
      { name: "openai", feedId: "feed_1", refused: [] },
    ]);
    expect((await feed())?.["pushedAt"]).toBe(new Date(on.now()).toISOString());
  });

  test("hears that what it knows is no longer sold, and nothing of what it never knew", async () => {
    const { pass, there, change, on } = await aToldFeed();
    await on.table.commit([putProduct(storeId, aProduct({ id: "old", active: false }))]);
    await pass(0);
    await change("mug-000", { active: false });
    await pass();
    expect(there()).toEqual({ "mug-000": "discontinued", "mug-001": "in_stock", "mug-002": "in_stock" });
  });

  test.each<[string, FakeAgentFeed["way"]]>([
    ["is away", () => away],
    ["refuses our credential", () => answers(401)],
    ["is overloaded", () => answers(503)],
    ["says what is no answer", () => answers(200)],
    [
      "takes it, and its answer is lost",
      (_, answer) => {
        answer();
        return away;
      },
    ],
  ])("gets the last state of everything after it %s, however long", async (_, way) => {
    const { agent, pass, there, sell, change, feed } = await aToldFeed();
    await pass(0);
    agent.way = way;
    await sell("mug-000", 0);
    for (const _ of [1, 2, 3]) await pass(hours(6));
    await sell("mug-000", 7);
    await sell("mug-001", 0);
    await change("mug-002", { unitAmount: 3_300 });
    await pass(hours(5));
    expect((await feed())?.["failingSince"]).toBeDefined();
    agent.way = (_, answer) => answer();
    await pass(hours(5));
    expect(there()).toEqual({ "mug-000": "in_stock", "mug-001": "out_of_stock", "mug-002": "in_stock" });
    expect(agent.feeds.get("feed_1")?.get("mug-002")?.variants[0]?.price.amount).toBe(3_300);
    expect((await feed())?.["failingSince"]).toBeUndefined();
  });

  test("that fails is tried less and less often, and no sooner than it asks; after a day an alarm rings", async () => {
    const { agent, pass, on } = await aToldFeed();
    const tries = () => agent.requests.length;
    agent.way = () => away;
    await pass(0);
    expect(tries()).toBe(1);
    await pass(minutes(1) - 1);
    expect(tries()).toBe(1);
    await pass(1);
    await pass(minutes(4));
    expect(tries()).toBe(2);
    agent.way = () => answers(429, { "retry-after": "7200" });
    await pass(minutes(1));
    await pass(minutes(119));
    expect([tries(), on.counted]).toEqual([3, []]);
    await pass(minutes(1));
    expect(tries()).toBe(4);
    for (const _ of [1, 2, 3, 4, 5]) await pass(hours(5));
    expect(on.counted).toEqual(["AgentFeedFailing"]);
  });

  test("that refuses one product takes all others, and is asked again when that changes, or a day later", async () => {
    const { agent, pass, there, patches, change, feed } = await aToldFeed({ ids: named(120) });
    agent.faulty.add("mug-077");
    await pass(0);
    expect([Object.keys(there()).length, (await feed())?.["refused"]]).toEqual([119, ["mug-077"]]);
    const before = patches().length;
    await pass();
    expect([patches().length, (await feed())?.["refused"]]).toEqual([before, ["mug-077"]]);
    await change("mug-077", { unitAmount: 4_400 });
    await pass();
    expect(patches().at(-1)).toEqual(["mug-077"]);
    agent.faulty.clear();
    await pass(hours(24));
    expect([Object.keys(there()).length, (await feed())?.["refused"]]).toEqual([120, []]);
  });

  test("is told everything anew when it is put again, by the credential it has", async () => {
    const { agent, pass, call, there, patches, change } = await aToldFeed();
    await pass(0);
    agent.feeds.get("feed_1")?.clear();
    await change("mug-002", { active: false });
    expect((await call("PUT", { url, targetCountry: "DE" })).statusCode).toBe(200);
    await pass(1);
    expect(there()).toEqual({ "mug-000": "in_stock", "mug-001": "in_stock", "mug-002": "discontinued" });
    expect([patches().length, agent.feeds.size]).toEqual([2, 1]);
  });

  test("is told to the end by whoever comes after a death at any moment, and made once", async () => {
    const { agent, pass, there } = await aToldFeed({ ids: named(60) });
    let calls = 0;
    agent.way = (_, answer) => {
      calls += 1;
      const said = answer();
      if (calls === 2) throw new Error("the sweeper dies");
      return said;
    };
    await pass(0);
    await pass(minutes(1));
    expect([Object.keys(there()).length, agent.feeds.size]).toEqual([60, 1]);
  });

  test("is told by one sweeper at a time", async () => {
    const { agent, pass } = await aToldFeed();
    await Promise.all([pass(0), pass(0)]);
    expect(agent.requests.map(({ method }) => method)).toEqual(["POST", "PATCH"]);
  });

  test("is not made again by whoever read it before it was made, and claims it after", async () => {
    const { on, agent, pass, sweep, there } = await aToldFeed();
    const [read, made] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const commit: typeof on.table.commit = async (writes) => {
      read.resolve();
      await made.promise;
      return on.table.commit(writes);
    };
    let late: Promise<unknown> = Promise.resolve();
    const ways: FakeAgentFeed["way"][] = [
      async (_, answer) => {
        on.clock.advance(minutes(2));
        late = sweep({ ...on, table: { ...on.table, commit } });
        await read.promise;
        return answer();
      },
      async (_, answer) => {
        made.resolve();
        await late;
        return answer();
      },
    ];
    agent.way = (request, answer) => (ways.shift() ?? (() => answer()))(request, answer);
    await pass(0);
    await pass();
    expect([agent.feeds.size, Object.keys(there())]).toEqual([1, named(3)]);
  });
});

describe("an agent's feed's credential", () => {
  test("is kept sealed, shown to nobody and sent to its host only", async () => {
    const { on, put, call, pass, agent } = await aToldFeed();
    await pass(0);
    const seen = JSON.stringify([put, await call("GET"), on.logged]);
    const rows = JSON.stringify(
      (["access", "commerce", "audit"] as const).flatMap((name) => on.table.rows(name)),
      (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value),
    );
    expect(seen + rows).not.toContain(credential);
    expect(agent.requests.every((request) => request.url.startsWith(`${url}/feeds`))).toBe(true);
    const elsewhere = await call("PUT", { url: "https://other.example.com/acp" });
    expect([elsewhere.statusCode, elsewhere.body]).toMatchObject([422, { code: "invalid" }]);
  });

  test("is gone with the answer that removes it, and nobody calls the agent again", async () => {
    const { on, call, pass, agent, sell } = await aToldFeed();
    await pass(0);
    expect((await call("DELETE")).statusCode).toBe(200);
    expect(on.table.rows("access").filter(({ sk }) => sk.startsWith("agent-feed"))).toEqual([]);
    const before = agent.requests.length;
    await sell("mug-000", 0);
    await pass();
    expect([agent.requests.length, (await call("DELETE")).statusCode]).toEqual([before, 404]);
  });

  test.each([
    { url: "https://127.0.0.1/acp" },
    { url: "http://agent.example.com/acp" },
    { url: "https://agent.example.com/acp?a=1" },
    { credential: "with space" },
    { name: "Open AI" },
    { credential: undefined },
    { targetCountry: "XX" },
  ])("is not taken with %j", async (body) => {
    const { put } = await aToldFeed({ body });
    expect(put.statusCode).toBe(422);
  });
});
