import { expect, test } from "vitest";
import { authorize } from "#functions/access/authorize.ts";
import { keyFor } from "#functions/access/issue-license-key.ts";
import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { parsePepperSecret, peppersFrom } from "#functions/access/pepper.ts";
import { byOperator } from "#functions/access/record-act.ts";
import { type Rotated, type RotatePepper, rotatePepper } from "#functions/access/rotate-pepper.ts";
import { cached } from "#functions/runtime/secrets.client.ts";
import { days, minutes, seconds } from "#functions/values/clock.ts";
import { newId } from "#functions/values/id.ts";
import { effort, seed } from "#test/effort.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { type Random, seededRandom } from "#test/simulation/engine/random.ts";
import { keysApi } from "./keys-api.ts";

/** Authorizers that each remember the secret for their own five minutes, and an operator who changes it. */
const fleet = (drawn: number) => {
  const on = memoryPlatform({ seed: drawn });
  const secret = { text: "a-pepper-of-at-least-32-characters-1", written: new Map<string, string>() };
  const keys = licenseKeyStore(on.table);
  const instance = () => {
    const readSecret = cached(on.now, async () => secret.text);
    return authorize({ ...on, keys, readPeppers: peppersFrom(readSecret, "arn"), liveAllowed: true });
  };
  const vault = {
    read: async () => secret.text,
    write: async (text: string, token: string) => {
      if ((secret.written.get(token) ?? text) !== text) return false;
      secret.written.set(token, text);
      secret.text = text;
      return true;
    },
  };
  return {
    on,
    secret,
    keys,
    instances: Array.from({ length: 4 }, instance),
    rotate: rotatePepper({ ...on, vault }),
  };
};

type Fleet = ReturnType<typeof fleet>;

const storeId = newId("store", () => new Uint8Array(16));

const manyKeys = async ({ on }: Fleet, count: number): Promise<string[]> => {
  const of = {
    principalId: newId("prn", on.random),
    livemode: false,
    peppers: { current: "1", byVersion: { "1": "a-pepper-of-at-least-32-characters-1" } },
  };
  const made = Array.from({ length: count }, () => keyFor(on, { storeId, role: "agent" }, of));
  for (const { writes } of made) await on.table.commit(writes);
  return made.map(({ issued }) => issued.key);
};

const by = (nth: number) => byOperator({ role: "operator", requestId: `r${nth}` });

type Counts = { asked: number; refused: number };

/** Somebody's key at some instance. */
const asking = (house: Fleet, keys: readonly string[], random: Random, counts: Counts) => async () => {
  counts.asked += 1;
  await random
    .pick(house.instances)([`Bearer ${random.pick(keys)}`])
    .catch(() => {
      counts.refused += 1;
    });
};

/** The operator's calls, one after the other, some from the beginning again and some doubled, while others ask. */
const rotateUnder = async (house: Fleet, random: Random, ask: () => Promise<void>): Promise<boolean> => {
  let told: Rotated = { done: false, waitSeconds: 0, cursor: { version: "2" } };
  for (let nth = 0; !told.done && nth < 60; nth += 1) {
    const command: RotatePepper = {
      reason: "yearly",
      ...(random.chance(0.8) && nth > 0 && { cursor: told.cursor }),
    };
    const second = random.chance(0.2) ? [house.rotate(command, by(nth + 100))] : [];
    const crowd = Array.from({ length: random.below(6) }, ask);
    [told] = await Promise.all([house.rotate(command, by(nth)), ...second, ...crowd] as [Promise<Rotated>]);
    house.on.clock.advance(random.chance(0.5) ? seconds(random.below(90)) : minutes(random.below(8)));
    await Promise.all(Array.from({ length: 3 }, ask));
  }
  return told.done;
};

test("a pepper is rotated under load without a refused request, whoever dies in between and starts anew", async () => {
  const counts = { asked: 0, refused: 0 };
  const rounds = effort(1_000, 50);
  for (let round = 0; round < rounds; round += 1) {
    const random = seededRandom(seed(51) + round);
    const house = fleet(seed(51) + round);
    const keys = await manyKeys(house, 5);
    expect(await rotateUnder(house, random, asking(house, keys, random, counts))).toBe(true);
    house.on.clock.advance(minutes(10));
    for (const key of keys) for (const instance of house.instances) await instance([`Bearer ${key}`]);
    const { current } = parsePepperSecret(house.secret.text);
    const stored = await house.keys.list(storeId);
    expect(stored.map(({ pepperVersion }) => pepperVersion)).toEqual(Array(5).fill(current));
  }
  expect(counts.refused).toBe(0);
  expect(counts.asked).toBeGreaterThan(rounds * 10);
}, 300_000);

test("a former pepper goes with the first rotation a quarter of a year later, and its keys stay refused", async () => {
  const house = fleet(1);
  const [used = "", unused = ""] = await manyKeys(house, 2);
  const rotate = async (nth: number) => {
    const first = await house.rotate({ reason: "yearly" }, by(nth));
    house.on.clock.advance(minutes(6));
    const cursor = first.done ? undefined : first.cursor;
    await house.rotate({ reason: "yearly", cursor }, by(nth + 1));
    return house.rotate({ reason: "yearly", cursor }, by(nth + 2));
  };
  expect(await rotate(1)).toEqual({ done: true, version: "2", retired: [] });
  house.on.clock.advance(minutes(6));
  const works = (key: string) =>
    house.instances[0]?.([`Bearer ${key}`]).then(
      () => true,
      ({ code }: { code?: string }) => code === "unauthorized" && false,
    );
  expect(await works(used)).toBe(true);
  house.on.clock.advance(days(91));
  expect(await rotate(4)).toEqual({ done: true, version: "3", retired: ["1"] });
  expect(Object.keys(parsePepperSecret(house.secret.text).versions)).toEqual(["2", "3"]);
  house.on.clock.advance(minutes(6));
  expect([await works(used), await works(unused)]).toEqual([true, false]);
  expect(house.on.table.rows("audit").map(({ action, reason }) => [action, reason])).toEqual(
    Array(4).fill(["pepper.rotated", "yearly"]),
  );
});

test("keys are rolled under load: no request of whoever holds a good key fails, and no old key works after its end", async () => {
  const counts = { asked: 0, failed: 0, late: 0 };
  const house = await keysApi();
  const random = seededRandom(seed(52));
  const { make, call, works, on, owner } = house;
  let held: { id: string; key?: string | undefined } = await make({ role: "agent", principal: "ChatGPT" });
  const ended: { key: string | undefined; at: number }[] = [];
  const ask = async () => {
    counts.asked += 1;
    counts.failed += Number(!(await works(held.key)));
  };
  const askOld = async () => {
    const old = ended.at(-1 - random.below(Math.min(5, ended.length)));
    if (old && old.at <= on.now()) counts.late += Number(await works(old.key));
  };
  for (let nth = 0; nth < effort(1_000); nth += 1) {
    const overlapSeconds = random.pick([0, 1, 60, 86_400, 604_800]);
    const at = on.now() + seconds(overlapSeconds);
    // What begins beside a roll without overlap may meet its end.
    const beside = overlapSeconds > 0 ? [ask, ask] : [];
    const body = { overlapSeconds };
    const rolling = call(owner.key, "POST", `/license_keys/${held.id}/roll`, { body });
    const [rolled] = await Promise.all([rolling, ...beside.map((each) => each())]);
    expect(rolled.status).toBe(201);
    ended.push({ key: held.key, at });
    // The holder goes over to the new one some time before the old one ends.
    on.clock.set(Math.max(on.now(), at - random.between(1, seconds(overlapSeconds + 1))));
    for (const each of beside) await each();
    held = rolled.body;
    await Promise.all([ask(), ask(), askOld()]);
    on.clock.set(at + random.below(minutes(1)));
    await Promise.all([ask(), askOld(), askOld(), works(owner.key)]);
    const licenseKeys = [held.id, owner.keyId];
    if (nth % 10 === 0) await call(owner.key, "POST", "/access_review", { body: { licenseKeys } });
    await house.sweep();
  }
  expect(counts).toEqual({ asked: expect.any(Number), failed: 0, late: 0 });
  expect(ended).toHaveLength(effort(1_000));
}, 300_000);
