import { expect, test } from "vitest";
import { hours, minutes, seconds } from "#functions/values/clock.ts";
import { type KeysApi, keysApi } from "./keys-api.ts";

const [office, home, phone, train] = ["192.0.2.1", "198.51.100.1", "203.0.113.9", "100.64.3.2"];

/** One request after the other, half a minute each; then the sweeper comes. */
const used = async (house: KeysApi, key: string, addresses: readonly string[]) => {
  for (const address of addresses) {
    expect(await house.works(key, address)).toBe(true);
    house.on.clock.advance(seconds(30));
  }
  house.on.clock.advance(minutes(1));
  await house.sweep();
};
const turns = (times: number, ...addresses: string[]) => Array<string[]>(times).fill(addresses).flat();
const told = (house: KeysApi) => house.events().filter(({ type }) => type === "key.shared");

test("a person's key that two use in turns, far from each other, is told once, and works on", async () => {
  const house = await keysApi();
  const { key, keyId, principalId } = house.owner;
  await used(house, key, turns(8, office, home));
  await used(house, key, turns(50, office, home));
  expect(told(house)).toEqual([
    { type: "key.shared", data: { keyId, principalId, seenAt: expect.any(Number) } },
  ]);
  expect(house.acts().filter((act) => act === "key.shared")).toHaveLength(1);
  const shown = await house.call(key, "GET", `/license_keys/${keyId}`, { from: office });
  expect(shown.body).toMatchObject({ status: "active", sharedAt: expect.any(String) });
});

test("it is told again the next day, if it goes on", async () => {
  const house = await keysApi();
  for (let day = 0; day < 2; day += 1) {
    await used(house, house.owner.key, turns(8, office, home));
    house.on.clock.advance(hours(24));
  }
  expect(told(house)).toHaveLength(2);
});

test("one who roams is not: home, phone, train, office, with many requests in each, in ten minutes", async () => {
  const house = await keysApi();
  await used(
    house,
    house.owner.key,
    [home, phone, train, office].flatMap((each) => turns(4, each)),
  );
  house.on.clock.advance(hours(8));
  await used(
    house,
    house.owner.key,
    [office, train, phone, home].flatMap((each) => turns(4, each)),
  );
  expect(told(house)).toEqual([]);
});

test("nor is one whose addresses are near each other, or who has one of each kind", async () => {
  const house = await keysApi();
  await used(house, house.owner.key, turns(20, "192.0.2.1", "192.0.77.9", "::ffff:192.0.8.8"));
  await used(house, house.owner.key, turns(20, "192.0.2.1", "2001:db8::1", "192.0.2.1", "2001:db8:ffff::9"));
  expect(told(house)).toEqual([]);
  await used(house, house.owner.key, turns(8, "2001:db8::1", "2001:db9::1"));
  expect(told(house)).toHaveLength(1);
});

test("nor a key that is bound to the networks that it comes from", async () => {
  const house = await keysApi();
  const bound = await house.issue({ role: "admin", cidrs: ["192.0.2.0/24", "198.51.100.0/24"] });
  await used(house, bound.key, turns(20, office, home));
  expect(told(house)).toEqual([]);
});

test("two people with a key each are two", async () => {
  const house = await keysApi();
  const other = await house.issue({ role: "admin" });
  for (let each = 0; each < 20; each += 1) {
    await used(house, house.owner.key, [office]);
    await used(house, other.key, [home]);
  }
  expect(told(house)).toEqual([]);
});

test("programs call from everywhere: their keys are not watched, and cost no write more", async () => {
  const house = await keysApi();
  const made = await house.make({ role: "agent", principal: "ChatGPT" });
  let tallies = 0;
  const { tally } = house.on.table;
  house.on.table.tally = (update) => {
    tallies += 1;
    return tally(update);
  };
  await used(house, made.key, turns(20, office, home));
  expect([told(house), tallies]).toEqual([[], 40]);
  await used(house, house.owner.key, [office]);
  expect(tallies).toBe(42);
});

test("no address is kept, nor anything by which it could be found without the pepper or on another day", async () => {
  const house = await keysApi();
  const marks = () =>
    house.on.table.rows("access").flatMap(({ sk, last }) => (sk.startsWith("counter#moves") ? [last] : []));
  await used(house, house.owner.key, [office]);
  house.on.clock.advance(hours(24));
  await used(house, house.owner.key, [office]);
  const other = await house.issue({ role: "admin" });
  await used(house, other.key, [office]);
  expect(new Set(marks()).size).toBe(3);
  for (const mark of marks()) expect(mark).toMatch(/^[0-9a-f]{32}$/);
  const kept = JSON.stringify([
    house.on.table.rows("access"),
    house.on.table.rows("outbox"),
    house.on.logged,
  ]);
  expect(kept).not.toMatch(/192\.0|198\.51/);
});

test("what was noted is told, whatever else happens to the key first", async () => {
  const house = await keysApi();
  for (const address of turns(4, office, home)) await house.works(house.owner.key, address);
  const { keyId } = house.owner;
  await house.call(house.owner.key, "POST", "/access_review", { body: { licenseKeys: [keyId] } });
  house.on.clock.advance(minutes(1));
  await house.sweep();
  expect(told(house)).toHaveLength(1);
});
