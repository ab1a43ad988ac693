import { expect, test } from "vitest";
import type { Kind } from "#functions/reconciliation/divergence.ts";
import { recordHeal } from "#functions/reconciliation/record-heal.ts";
import type { Table } from "#functions/runtime/table.ts";
import { storeId } from "#test/examples.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import { injections } from "./injections.ts";
import { seededRandom } from "./random.ts";
import { aWorld, type World } from "./world.ts";

const healed = {
  orphan_refund: "follow the money",
  missing_delivery: "fan the event out",
  stuck_execution: "sweep what is due",
} as const satisfies Partial<Record<Kind, string>>;
const cases = Object.entries(healed) as [keyof typeof healed, string][];

const diverging = async (kind: Kind): Promise<World> => {
  const world = await aWorld();
  const bought = await world.buy();
  await world.sweep(1);
  await injections[kind](world, bought, seededRandom(kind));
  return world;
};

const acts = ({ on }: World) => on.table.rows("audit");
const apartFromItsOwn = (world: World) =>
  world.rows().filter(({ pk }) => !/^(divergence|reconciliation)#/.test(String(pk)));

test.each(cases)("a heal is on record with what was found and by which move: %s", async (kind, move) => {
  const world = await diverging(kind);
  const at = world.on.now();
  await world.schedule("full");
  const run = `${new Date(at).toISOString()}#full`;
  expect(acts(world)).toContainEqual(
    expect.objectContaining({
      pk: storeId,
      action: "divergence.heal",
      actor: { role: "service", requestId: run },
      storeId,
      at,
      about: expect.objectContaining({ kind, move }),
    }),
  );
});

test.each(cases)("without its record nothing is healed: %s", async (kind) => {
  const world = await diverging(kind);
  const before = apartFromItsOwn(world);
  const commit: Table["commit"] = async (writes) => {
    if (writes.some(({ table }) => table === "audit")) throw new Error("no audit");
    return world.on.table.commit(writes);
  };
  await shopOn({ ...world.process, table: { ...world.process.table, commit } }).reconcile({ scope: "full" });
  expect(apartFromItsOwn(world)).toEqual(before);
  expect((await world.open()).map(({ divergence }) => divergence.kind)).toContain(kind);
});

test.each(cases)("a dry run heals nothing, so it records nothing: %s", async (kind) => {
  const world = await diverging(kind);
  await world.hand({ scope: "full", dryRun: true });
  expect(acts(world)).toEqual([]);
});

test("the same heal in the same run is one record, and in the next another", async () => {
  const world = await aWorld();
  const record = recordHeal(world.on);
  const divergence = { kind: "missing_refund", ids: { storeId, refundId: "re_1" } } as const;
  for (const run of ["first", "first", "second"]) await record({ run, divergence, move: "follow the money" });
  expect(acts(world)).toHaveLength(2);
});
