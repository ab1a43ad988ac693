import { describe, expect, test } from "vitest";
import { wire } from "#functions/access/authorize.handler.ts";
import { minute, requestsPerMinute } from "#functions/access/limit.ts";
import { acpProtocol } from "#functions/acp/protocol.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import { seconds } from "#functions/values/clock.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { aShop } from "#test/runtime/a-shop.ts";
import { accessHouse, forgedFrom } from "./house.ts";

const methodArn = "arn:aws:execute-api:eu-central-1:000000000000:abcdef/api/GET/orders";

/** The authorizer before a limit of five requests an agent and minute. */
const five = { LIMIT_FACTOR: String(5 / requestsPerMinute.agent) };
const deployed = async (stage: Readonly<Record<string, string>> = five) => {
  const house = accessHouse();
  const first = await house.issue({ storeId: house.testStore, role: "agent", principal: "a" });
  const second = await house.issue({ storeId: house.testStore, role: "agent", principal: "a" });
  const other = await house.issue({ storeId: house.testStore, role: "agent", principal: "b" });
  const state = { down: false };
  const table = {
    ...house.on.table,
    tally: (update: Parameters<typeof house.on.table.tally>[0]) =>
      state.down ? Promise.reject(new Unavailable("no answer")) : house.on.table.tally(update),
  };
  const handler = wire({
    ...house.on,
    table,
    environment: environmentOf({ STAGE: "local", PEPPER_SECRET_ARN: "arn:pepper", ...stage }),
    readSecret: async () => house.peppers.text,
  });
  const ask = async (key: string): Promise<string | undefined> => {
    const event = { methodArn, headers: { Authorization: `Bearer ${key}` } };
    const { context } = (await handler(event, aContext())) as { context: { quota?: string } };
    return context.quota;
  };
  const counters = () => house.on.table.rows("access").filter(({ sk }) => sk.startsWith("counter#"));
  return { house, first, second, other, ask, counters, state };
};

test("all keys of a principal share one count a minute, which begins anew with the next", async () => {
  const { house, first, second, other, ask } = await deployed();
  house.on.clock.set(Date.UTC(2026, 10, 23, 12, 0, 18));
  expect([await ask(first.key), await ask(second.key), await ask(other.key)]).toEqual([
    "5 1 60 42",
    "5 2 60 42",
    "5 1 60 42",
  ]);
  house.on.clock.advance(seconds(42));
  expect(await ask(first.key)).toBe("5 1 60 60");
});

test("without a word of the stage the limits are as they are written", async () => {
  const { first, ask } = await deployed({});
  expect(await ask(first.key)).toMatch(`${requestsPerMinute.agent} 1 60 `);
});

test("counting is one write of one row that ends with its minute, and a refused key writes nothing", async () => {
  const { house, first, ask, counters } = await deployed();
  await expect(ask(forgedFrom(first.keyId, house.on.random))).rejects.toThrow("Unauthorized");
  expect(counters()).toEqual([]);
  for (let asked = 0; asked < 3; asked += 1) await ask(first.key);
  const now = house.on.now();
  expect(counters()).toEqual([
    {
      pk: first.principalId,
      sk: `counter#requests#${Math.floor(now / minute)}`,
      count: 3,
      expiresAtSeconds: (Math.floor(now / minute) + 1) * 60,
    },
  ]);
});

test("who can't be counted is let in", async () => {
  const { house, first, ask, state } = await deployed();
  state.down = true;
  expect(await ask(first.key)).toBeUndefined();
  expect(house.on.logged.map(({ message }) => message)).toEqual(["let in", "a request was not counted"]);
});

describe.each([
  [
    "the store's",
    problemDetails,
    { status: 429, code: "rate_limited", type: "urn:problem-type:rate_limited" },
  ],
  ["the agents'", acpProtocol, { type: "service_unavailable", code: "rate_limited" }],
])("%s API", (_, protocol, told) => {
  const headers = { "API-Version": "2026-04-17" };
  const ask = (quota: string, shop = aShop(undefined, protocol)) =>
    callApi(shop.handler, { path: "/baskets/bsk_a", headers, quota });

  test("says with every answer what is left, a refusal too", async () => {
    const answer = await ask("5 5 60 42");
    expect([answer.statusCode, answer.headers["ratelimit-policy"], answer.headers["ratelimit"]]).toEqual([
      200,
      '"requests";q=5;w=60',
      '"requests";r=0;t=42',
    ]);
    const refused = await callApi(aShop(undefined, protocol).handler, {
      path: "/baskets/BAD",
      headers,
      quota: "5 2 60 42",
    });
    expect([refused.statusCode, refused.headers["ratelimit"]]).toEqual([404, '"requests";r=3;t=42']);
  });

  test("answers 429 beyond it, in its own words, with the time to wait, and runs nothing", async () => {
    const shop = aShop(undefined, protocol);
    const answer = await ask("5 6 60 42", shop);
    expect(answer).toMatchObject({
      statusCode: 429,
      headers: { "retry-after": "42", ratelimit: '"requests";r=0;t=42' },
      body: told,
    });
    expect(shop.commands).toEqual([]);
  });

  test("serves whoever was not counted, and says nothing then", async () => {
    const answer = await ask("nonsense");
    expect([answer.statusCode, answer.headers["ratelimit"]]).toEqual([200, undefined]);
  });
});
