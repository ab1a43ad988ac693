import { expect, test } from "vitest";
import { mintLicenseKey } from "#functions/access/license-key.ts";
import { scopesOf } from "#functions/access/role.ts";
import { hours } from "#functions/values/clock.ts";
import { accessHouse, forgedFrom, outcomeOf } from "./house.ts";

const aKey = async () => {
  const house = accessHouse();
  const issued = await house.issue({ storeId: house.testStore, role: "agent", principal: "ChatGPT" });
  house.reads.length = 0;
  return { house, issued, bearer: `Bearer ${issued.key}` };
};

test("a key tells whose store, which principal and which scopes it stands for", async () => {
  const { house, issued, bearer } = await aKey();
  expect(await house.authorize([bearer])).toEqual({
    storeId: house.testStore,
    principalId: issued.principalId,
    keyId: issued.keyId,
    role: "agent",
    scopes: scopesOf.agent,
    livemode: false,
  });
});

test("every refusal is the same, byte for byte", async () => {
  const { house, issued, bearer } = await aKey();
  const revoked = await house.issue({ storeId: house.testStore, role: "admin", principal: "old" });
  await house.revoke({ keyId: revoked.keyId });
  const soon = house.on.now() + hours(1);
  const expired = await house.issue({
    storeId: house.testStore,
    role: "agent",
    principal: "ChatGPT",
    expiresAt: soon,
  });
  house.on.clock.set(soon);
  const unknown = mintLicenseKey(false, house.on.random).text;
  const forged = forgedFrom(issued.keyId, house.on.random);
  const attempts: readonly (readonly string[])[] = [
    [],
    [""],
    ["Bearer"],
    ["Bearer "],
    [`Basic ${issued.key}`],
    [issued.key],
    [bearer, bearer],
    [bearer.slice(0, -1)],
    [`Bearer ${unknown}`],
    [`Bearer ${forged}`],
    [`Bearer ${revoked.key}`],
    [`Bearer ${expired.key}`],
  ];
  const errors = await Promise.all(attempts.map((each) => outcomeOf(house.authorize(each))));
  const seen = new Set(errors.map((error) => JSON.stringify({ ...(error as Error), text: `${error}` })));
  expect([...seen]).toEqual([
    '{"code":"unauthorized","name":"Refusal","text":"Refusal: A valid license key is wanted as a Bearer token."}',
  ]);
});

test("a live key is refused on a stage without live mode, as if it had never existed", async () => {
  const house = accessHouse();
  const live = await house.issue({ storeId: house.liveStore, role: "agent", principal: "x" });
  expect(live.key).toMatch(/^lk_live_/);
  expect(await outcomeOf(house.authorize([`Bearer ${live.key}`]))).toBe("accepted");
  expect(await outcomeOf(house.authorizeOnDev([`Bearer ${live.key}`]))).toMatchObject({
    code: "unauthorized",
  });
});

test("a typo costs no read; everything else costs the same one", async () => {
  const { house, issued, bearer } = await aKey();
  await outcomeOf(house.authorize([`${bearer.slice(0, -1)}_`]));
  await outcomeOf(house.authorize([bearer.replace(/.$/, (last) => (last === "0" ? "1" : "0"))]));
  await outcomeOf(house.authorize([bearer, bearer]));
  expect(house.reads).toEqual([]);
  await house.authorize([bearer]);
  const unknown = mintLicenseKey(false, house.on.random);
  await outcomeOf(house.authorize([`Bearer ${unknown.text}`]));
  await house.revoke({ keyId: issued.keyId });
  house.reads.splice(2);
  await outcomeOf(house.authorize([bearer]));
  expect(house.reads).toEqual([`key#${issued.keyId}`, `key#${unknown.publicId}`, `key#${issued.keyId}`]);
});

test("of a row nothing but what decides is looked at before its key is proven", async () => {
  const { house, issued, bearer } = await aKey();
  const row = { pk: `key#${issued.keyId}`, sk: "key" };
  await house.on.table.commit([{ table: "access", key: row, change: { set: { storeId: "no store" } } }]);
  const forged = `Bearer ${forgedFrom(issued.keyId, house.on.random)}`;
  expect(await outcomeOf(house.authorize([forged]))).toMatchObject({ code: "unauthorized" });
  expect(await outcomeOf(house.authorize([bearer]))).toMatchObject({ name: "ZodError" });
});

test("a revoked key is dead at the next request, and stays revoked at the first moment", async () => {
  const { house, issued, bearer } = await aKey();
  await house.authorize([bearer]);
  const first = await house.revoke({ keyId: issued.keyId });
  expect(await outcomeOf(house.authorize([bearer]))).toMatchObject({ code: "unauthorized" });
  house.on.clock.advance(1_000);
  expect(await house.revoke({ keyId: issued.keyId })).toEqual(first);
});

test("a key works until its last millisecond and not in the next", async () => {
  const house = accessHouse();
  const expiresAt = house.on.now() + 10;
  const issued = await house.issue({ storeId: house.testStore, role: "agent", principal: "x", expiresAt });
  house.on.clock.advance(9);
  expect(await outcomeOf(house.authorize([`Bearer ${issued.key}`]))).toBe("accepted");
  house.on.clock.advance(1);
  expect(await outcomeOf(house.authorize([`Bearer ${issued.key}`]))).toMatchObject({ code: "unauthorized" });
});

test("the last use is written once an hour, and refusals write nothing", async () => {
  const { house, issued, bearer } = await aKey();
  const lastUse = async () => (await house.list(house.testStore))[0]?.lastUsedAt;
  const began = house.on.now();
  await outcomeOf(house.authorize([`Bearer ${forgedFrom(issued.keyId, house.on.random)}`]));
  expect(await lastUse()).toBeUndefined();
  await Promise.all(Array.from({ length: 10 }, () => house.authorize([bearer])));
  house.on.clock.advance(hours(1) - 1);
  house.writes.length = 0;
  await house.authorize([bearer]);
  expect([await lastUse(), house.writes]).toEqual([began, []]);
  house.on.clock.advance(1);
  await house.authorize([bearer]);
  expect(await lastUse()).toBe(began + hours(1));
});

test("a new pepper ends nobody's key: each comes under it with its next use, and new ones from the start", async () => {
  const { house, bearer } = await aKey();
  const versions = { "1": house.peppers.text, "2": "another-pepper-of-at-least-32-chars" };
  house.peppers.text = JSON.stringify({ current: "2", versions });
  expect(await outcomeOf(house.authorize([bearer]))).toBe("accepted");
  const next = await house.issue({ storeId: house.testStore, role: "agent", principal: "ChatGPT" });
  expect(await outcomeOf(house.authorize([`Bearer ${next.key}`]))).toBe("accepted");
  const stored = (await house.list(house.testStore)).map((key) => key.pepperVersion);
  expect(stored).toEqual(["2", "2"]);
  house.writes.length = 0;
  expect(await outcomeOf(house.authorize([bearer]))).toBe("accepted");
  expect(house.writes).toEqual([]);
});

test("under another pepper no key is proven", async () => {
  const { house, bearer } = await aKey();
  house.peppers.text = "a-pepper-of-at-least-32-characters-2";
  expect(await outcomeOf(house.authorize([bearer]))).toMatchObject({ code: "unauthorized" });
});

test("unknown, wrong, revoked, suspended, expired and far away: the same reads, HMACs and writes", async () => {
  const { house, issued } = await aKey();
  const { testStore: storeId } = house;
  const soon = house.on.now() + hours(1);
  const ask = { storeId, role: "agent", principal: "x" } as const;
  const [revoked, suspended, expired, far] = [
    await house.issue(ask),
    await house.issue(ask),
    await house.issue({ ...ask, expiresAt: soon }),
    await house.issue({ ...ask, cidrs: ["192.0.2.0/24"] }),
  ];
  await house.revoke({ keyId: revoked.keyId });
  const row = { pk: `key#${suspended.keyId}`, sk: "key" };
  const set = { suspendedAt: house.on.now(), suspendedFor: "unused" };
  await house.on.table.commit([{ table: "access", key: row, change: { set } }]);
  house.on.clock.set(soon);
  const keys = [
    mintLicenseKey(false, house.on.random).text,
    forgedFrom(issued.keyId, house.on.random),
    ...[revoked, suspended, expired, far].map(({ key }) => key),
  ];
  for (const key of keys) {
    for (const list of [house.reads, house.writes, house.hmacs]) list.length = 0;
    expect(await outcomeOf(house.authorize([`Bearer ${key}`], "198.51.100.7"))).toMatchObject({
      code: "unauthorized",
    });
    expect([house.reads.length, house.writes.length, house.hmacs]).toEqual([1, 0, ["1"]]);
  }
});

test("under a pepper that was thrown away a key is refused like any other", async () => {
  const { house, bearer } = await aKey();
  const versions = { "2": "another-pepper-of-at-least-32-chars" };
  house.peppers.text = JSON.stringify({ current: "2", versions, retired: ["1"] });
  expect(await outcomeOf(house.authorize([bearer]))).toMatchObject({ code: "unauthorized" });
});
