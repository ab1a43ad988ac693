import { describe, expect, test } from "vitest";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Table, TableBusy } from "#functions/runtime/table.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import { minutes } from "#functions/values/clock.ts";
import { storeId } from "#test/examples.ts";
import { aWorld, otherStoreId, type World } from "./world.ts";

const whole = { problems: [], unsealed: 0 };

test("every chain is sealed by itself, the deployment's too, and each seal follows the one before", async () => {
  const world = aWorld();
  for (const of of [storeId, otherStoreId, "deployment"] as const) await world.act({ of });
  expect(await world.seal()).toBe(3);
  world.pass(1);
  await world.act();
  expect(await world.seal()).toBe(1);
  expect(await world.check(storeId)).toMatchObject({ ...whole, records: 2, seals: 2 });
  expect(await world.check(otherStoreId)).toMatchObject({ ...whole, records: 1, seals: 1 });
  expect(await world.check("deployment")).toMatchObject({ ...whole, records: 1, seals: 1 });
  expect(world.platform.counted).toEqual(["AuditSealed", "AuditSealed"]);
});

test("a quiet minute makes no seal, and counts as one in which nothing was left", async () => {
  const world = aWorld();
  expect(await world.seal()).toBe(0);
  expect(world.platform.table.rows("seals").map(({ pk }) => pk)).toEqual(["sealer"]);
  expect(world.platform.counted).toEqual(["AuditSealed"]);
});

test("more records than one seal takes are several seals", async () => {
  const world = aWorld();
  for (let count = 0; count < 230; count += 1) await world.act();
  expect(await world.seal()).toBe(230);
  expect(await world.check()).toMatchObject({ ...whole, records: 230, seals: 3 });
});

describe("nothing falls between two seals:", () => {
  test("a record that is committed long after its time", async () => {
    const world = aWorld();
    const at = world.platform.now();
    for (let minute = 0; minute < 20; minute += 1) {
      await world.act();
      await world.seal();
      world.pass(1);
    }
    await world.act({ at });
    await world.seal();
    expect(await world.check()).toMatchObject({ ...whole, records: 21 });
  });

  test.each([-5, 5])(
    "a record by a clock that is off by %i minutes, and a sealer off the other way",
    async (off) => {
      const world = aWorld();
      const sealer = world.sealer({ now: () => world.platform.now() - minutes(off) });
      for (let minute = 0; minute < 15; minute += 1) {
        await world.act({ at: world.platform.now() + minutes(off) });
        await sealer();
        world.pass(1);
      }
      expect(await world.check()).toMatchObject({ ...whole, records: 15 });
    },
  );

  test("what was written while nobody sealed for days", async () => {
    const world = aWorld();
    await world.act();
    await world.seal();
    for (let day = 0; day < 3; day += 1) {
      world.pass(24 * 60);
      await world.act();
    }
    world.pass(24 * 60);
    await world.seal();
    expect(await world.check()).toMatchObject({ ...whole, records: 4 });
  });

  test("what the index did not show in time", async () => {
    const world = aWorld();
    await world.act();
    const { table } = world.platform;
    const behind: Table = {
      ...table,
      query: async (name, query) => (query.index ? { rows: [] } : table.query(name, query)),
    };
    expect(await world.sealer({ table: behind })()).toBe(0);
    world.pass(1);
    expect(await world.seal()).toBe(1);
  });
});

describe("while KMS is away", () => {
  const away = () => Promise.reject(new Unavailable("KMS does not answer"));

  test("nothing is sealed, the pass fails and does not count, and all is made up for later", async () => {
    const world = aWorld();
    await world.act();
    await expect(world.sealer({ sign: away })()).rejects.toThrow("not every chain");
    expect(world.platform.counted).toEqual([]);
    expect(world.platform.table.rows("seals")).toEqual([]);
    world.pass(60 * 10);
    await world.act();
    expect(await world.seal()).toBe(2);
    expect(await world.check()).toMatchObject(whole);
  });

  test("one chain that cannot be sealed keeps no other waiting", async () => {
    const world = aWorld();
    await world.act({ of: storeId });
    await world.act({ of: otherStoreId });
    const { table } = world.platform;
    const get: Table["get"] = (name, key) =>
      name === "audit" && key.pk === storeId ? Promise.reject(new TableBusy("busy")) : table.get(name, key);
    await expect(world.sealer({ table: { ...table, get } })()).rejects.toThrow();
    expect(await world.check(otherStoreId)).toMatchObject({ ...whole, seals: 1 });
    expect(await world.seal()).toBe(1);
  });
});

/** Every call to the outside of a sealer over what `world` holds, so that each can be its last or give way. */
const calls = (world: World, at: (call: number, when: "before" | "after") => Promise<void>) => {
  let count = 0;
  const through =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      count += 1;
      const mine = count;
      await at(mine, "before");
      const result = await call(...args);
      await at(mine, "after");
      return result;
    };
  const { table } = world.platform;
  const seen = { get: through(table.get), query: through(table.query), commit: through(table.commit) };
  return { table: { ...table, ...seen }, count: () => count };
};

const twoToSeal = async (): Promise<World> => {
  const world = aWorld();
  await world.act();
  await world.seal();
  world.pass(1);
  await world.act();
  await world.act({ of: otherStoreId });
  return world;
};

const boundaries = async (): Promise<[number, "before" | "after"][]> => {
  const world = await twoToSeal();
  const counted = calls(world, async () => undefined);
  await world.sealer(counted)();
  return Array.from({ length: counted.count() }, (_, index) => index + 1).flatMap((call) => [
    [call, "before"],
    [call, "after"],
  ]);
};
const everyBoundary = await boundaries();

test("there are calls enough to die at", () => {
  expect(everyBoundary.length).toBeGreaterThan(20);
});

test.each(everyBoundary)(
  "a sealer that dies at its call %i, %s it, leaves what the next one finishes",
  async (call, when) => {
    const world = await twoToSeal();
    let isDead = false;
    const { table } = calls(world, async (mine, now) => {
      isDead ||= mine === call && now === when;
      if (isDead) throw new Error("dead");
    });
    await world
      .sealer({ table })()
      .catch(() => undefined);
    world.pass(1);
    await world.seal();
    expect(await world.check(storeId)).toMatchObject({ ...whole, records: 2 });
    expect(await world.check(otherStoreId)).toMatchObject({ ...whole, records: 1 });
  },
);

test.each(everyBoundary)(
  "of two at once, the other one whole at call %i, %s it, no record is sealed twice or left",
  async (call, when) => {
    const world = await twoToSeal();
    const { table } = calls(world, async (mine, now) => {
      if (mine === call && now === when) await world.seal();
    });
    await world.sealer({ table })();
    world.pass(1);
    await world.seal();
    expect(await world.check(storeId)).toMatchObject({ ...whole, records: 2, seals: 2 });
    expect(await world.check(otherStoreId)).toMatchObject({ ...whole, records: 1, seals: 1 });
    expect(world.platform.counted).not.toContain("AuditBroken");
  },
);

describe("a chain whose end was cut off gets no new seal on top, and rings:", () => {
  const cut = {
    "its last seal": { pk: storeId, sk: "seal#000000000002" },
    "its head": { pk: storeId, sk: "head" },
  } as const;
  test.each(Object.entries(cut))("%s", async (_, key) => {
    const world = aWorld();
    for (let count = 0; count < 2; count += 1) {
      await world.act();
      await world.seal();
      world.pass(1);
    }
    await world.platform.table.commit([{ table: "seals", key, change: { remove: true } }]);
    await world.act();
    await expect(world.seal()).rejects.toThrow();
    expect(world.platform.counted).toContain("AuditBroken");
    expect(world.platform.table.rows("seals").filter(({ sk }) => sk.startsWith("seal#3"))).toEqual([]);
  });
});

test("the same act cannot be on record twice", async () => {
  const world = aWorld();
  const act = await world.act();
  await expect(world.platform.table.commit([recordedAct(act)])).rejects.toThrow("condition failed");
});
