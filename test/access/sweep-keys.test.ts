import { expect, test } from "vitest";
import { wire as sweeper } from "#functions/access/sweep-keys.handler.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import { days, minutes } from "#functions/values/clock.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { forgedFrom } from "./house.ts";
import { type KeysApi, keysApi, type Shown } from "./keys-api.ts";

const aKey = { role: "agent", principal: "ChatGPT" } as const;

/** Days go by; the sweeper comes four times each, and whoever is asked uses their key once. */
const live = async (house: KeysApi, count: number, daily: () => Promise<unknown> = async () => undefined) => {
  for (let quarter = 0; quarter < count * 4; quarter += 1) {
    house.on.clock.advance(days(1) / 4);
    if (quarter % 4 === 3) await daily();
    await house.sweep();
  }
};
const told = (house: KeysApi, keyId: string) =>
  house
    .events()
    .filter(({ data }) => (data as { keyId: string }).keyId === keyId)
    .map(({ type, data }) => `${type} ${(data as { because?: string }).because ?? ""}`.trim());

const review = (house: KeysApi, id: string) =>
  house.call<{ licenseKeys: Shown[] }>(house.owner.key, "POST", "/access_review", {
    body: { licenseKeys: [id] },
  });

test("a key that is not used for 90 days is suspended after three warnings, though somebody reviewed it", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  await live(house, 60);
  await review(house, made.id);
  await live(house, 29);
  expect(await house.keys.get(made.id)).not.toHaveProperty("suspendedAt");
  expect(told(house, made.id)).toEqual(Array(3).fill("key.warned unused"));
  await live(house, 1);
  expect(await house.works(made.key)).toBe(false);
  expect(told(house, made.id)).toEqual([...Array(3).fill("key.warned unused"), "key.suspended unused"]);
  expect(house.acts()).toContain("key.suspended");
});

test("a key that is used but that nobody reviews is suspended just so; a review lets it work again", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  await live(house, 90, () => Promise.all([house.works(made.key), review(house, house.owner.keyId)]));
  expect(await house.works(made.key)).toBe(false);
  expect(told(house, made.id)).toEqual([
    ...Array(3).fill("key.warned unreviewed"),
    "key.suspended unreviewed",
  ]);
  expect((await review(house, made.id)).body.licenseKeys[0]).toMatchObject({ id: made.id, status: "active" });
  expect(await house.works(made.key)).toBe(true);
});

test("a key that is used and reviewed is let alone", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  for (let month = 0; month < 5; month += 1) {
    await live(house, 60, () => Promise.all([house.works(made.key), house.works(house.owner.key)]));
    await review(house, made.id);
    await review(house, house.owner.keyId);
  }
  expect(told(house, made.id)).toEqual([]);
  expect(await house.works(made.key)).toBe(true);
});

test("what is used at the moment of its suspension is not suspended", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  await live(house, 30);
  await review(house, made.id);
  house.on.clock.advance(days(60));
  const { table } = house.on;
  const commit = table.commit;
  table.commit = async (writes) => {
    table.commit = commit;
    await house.works(made.key);
    return commit(writes);
  };
  await house.sweep();
  expect(await house.works(made.key)).toBe(true);
});

test("a key that soon expires is told of; one that was born for a day is not", async () => {
  const house = await keysApi();
  const month = new Date(house.on.now() + days(30)).toISOString();
  const day = new Date(house.on.now() + days(1)).toISOString();
  const [long, short] = [
    await house.make({ ...aKey, expiresAt: month }),
    await house.make({ ...aKey, expiresAt: day }),
  ];
  await live(house, 40);
  expect(told(house, long.id)).toEqual(Array(3).fill("key.warned expires"));
  expect(told(house, short.id)).toEqual([]);
  const due = house.on.table
    .rows("access")
    .filter((row) => row["due"] && [long.id, short.id].some((id) => row.pk.endsWith(id)));
  expect(due).toEqual([]);
});

test("a key is not let in again by whoever has less than it", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  house.on.clock.advance(days(89));
  const few = await house.issue({ role: "admin", scopes: ["keys:read", "keys:write"] });
  house.on.clock.advance(days(1));
  await house.sweep();
  const asked = await house.call(few.key, "POST", "/access_review", { body: { licenseKeys: [made.id] } });
  expect(asked.status).toBe(403);
});

const exposed = async (house: KeysApi, key: string) =>
  house.judge(
    {
      methodArn: "arn:aws:execute-api:r:0:a/api/GET/orders",
      path: "/orders",
      queryStringParameters: { key },
      multiValueHeaders: {},
    },
    aContext(),
  );

test("a key in a URL is flagged within a minute, told of, and suspended in a week unless it is rolled", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  await exposed(house, made.key);
  await house.sweep();
  expect(told(house, made.id)).toEqual(["key.exposed"]);
  expect(house.on.counted).toEqual(["KeyExposed"]);
  const shown = await house.call(house.owner.key, "GET", `/license_keys/${made.id}`);
  expect(shown.body).toMatchObject({ exposedAt: expect.any(String), ends: { because: "exposed" } });
  expect(await house.works(made.key)).toBe(true);
  await exposed(house, made.key);
  await live(house, 6);
  expect(told(house, made.id)).toEqual(["key.exposed", "key.warned exposed"]);
  await live(house, 1);
  expect(await house.works(made.key)).toBe(false);
  expect((await review(house, made.id)).status).toBe(409);
  const rolled = await house.call(house.owner.key, "POST", `/license_keys/${made.id}/roll`);
  expect([await house.works(made.key), await house.works(rolled.body.key)]).toEqual([false, true]);
});

test("nobody gets a key flagged by its id, and a key that never was leaves nothing", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  const answers = [
    await exposed(house, forgedFrom(made.id, house.on.random)),
    await exposed(house, forgedFrom("000000000000", house.on.random)),
    await exposed(house, made.key),
  ];
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  const reports = () => house.on.table.rows("commerce").filter(({ sk }) => sk === "exposed-key");
  expect(reports()).toHaveLength(3);
  expect(JSON.stringify(reports())).not.toContain(made.key.slice(20, 63));
  const environment = environmentOf({ STAGE: "test", PEPPER_SECRET_ARN: "arn:pepper" });
  await sweeper({ ...house.on, environment, readSecret: async () => house.secret.text })({}, aContext());
  expect(reports()).toEqual([]);
  expect(house.events().map(({ type }) => type)).toEqual(["key.exposed"]);
  expect(house.acts().filter((action) => action === "key.exposed")).toHaveLength(1);
});

test("the review shows everybody with all their keys, last use and owner", async () => {
  const house = await keysApi();
  const made = await house.make(aKey);
  await house.works(made.key);
  house.on.clock.advance(minutes(5));
  const { body } = await house.call<{ principals: { name: string; role: string; licenseKeys: Shown[] }[] }>(
    house.owner.key,
    "GET",
    "/access_review",
  );
  expect(
    body.principals.map(({ name, role, licenseKeys }) => [name, role, licenseKeys.length]).sort(),
  ).toEqual([
    ["ChatGPT", "agent", 1],
    ["admin 1", "admin", 1],
  ]);
  const agent = body.principals.find(({ role }) => role === "agent");
  expect(agent?.licenseKeys[0]).toMatchObject({ id: made.id, lastUsedAt: expect.any(String) });
});
