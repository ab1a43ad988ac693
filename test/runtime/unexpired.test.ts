import { expect, test } from "vitest";
import { memoryTable } from "#functions/runtime/memory-table.ts";
import { unexpired } from "#functions/runtime/unexpired.ts";

const key = { pk: "a", sk: "b" };

const house = async () => {
  const engine = memoryTable();
  let now = 0;
  const table = unexpired(engine, () => now);
  await table.commit([
    { table: "commerce", key, change: { put: { expiresAtSeconds: 10 } } },
    { table: "commerce", key: { ...key, sk: "c" }, change: { put: { text: "stays" } } },
  ]);
  const at = async (time: number) => {
    now = time;
    const { rows } = await table.query("commerce", { pk: "a" });
    return [(await table.get("commerce", key)) !== undefined, rows.map(({ sk }) => sk)];
  };
  return { engine, at };
};

test("a row is there until its time is over, and then at once not, though it still lies there", async () => {
  const { engine, at } = await house();
  expect(await at(9_999)).toEqual([true, ["b", "c"]]);
  expect(await at(10_000)).toEqual([false, ["c"]]);
  expect(engine.rows("commerce")).toHaveLength(2);
});
