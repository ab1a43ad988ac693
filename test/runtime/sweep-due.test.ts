import { expect, test } from "vitest";
import { dueAt } from "#functions/runtime/due.ts";
import { sweepDue } from "#functions/runtime/sweep-due.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";

const due = { table: "commerce", kind: "order" } as const;

const aTable = async (count: number) => {
  const on = memoryPlatform();
  for (let index = 0; index < count; index += 1) {
    const key = { pk: `order ${index}`, sk: "order" };
    const change = { put: { index, ...dueAt("order", key.pk, on.now() - count + index) } };
    await on.table.commit([{ table: "commerce", key, change }]);
  }
  return on;
};

test("looks at every due row of every shard, also beyond the first page", async () => {
  const on = await aTable(230);
  const seen = new Set<unknown>();
  const count = await sweepDue(on, due, async (row) => void seen.add(row["index"]));
  expect(count).toBe(230);
  expect(seen.size).toBe(230);
});

test("leaves alone what is not due yet", async () => {
  const on = await aTable(10);
  on.clock.advance(-5);
  expect(await sweepDue(on, due, async () => undefined)).toBe(6);
});

test("goes past rows that cannot be moved on, and says so", async () => {
  const on = await aTable(120);
  let moved = 0;
  await sweepDue(on, due, async (row) => {
    if (Number(row["index"]) < 110) throw new Error("poison");
    moved += 1;
  });
  expect(moved).toBe(10);
  expect(on.logged.filter(({ level }) => level === "error")).toHaveLength(110);
});
