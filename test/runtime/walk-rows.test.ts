import { expect, test } from "vitest";
import { memoryTable } from "#functions/runtime/memory-table.ts";
import { type WalkCursor, walkRows } from "#functions/runtime/walk-rows.ts";

test("says how far it is, over all its calls, until every row was visited once", async () => {
  const table = memoryTable();
  const rows = Array.from({ length: 60 }, (_, n) => ({ pk: n < 40 ? "a" : "b", sk: `row-${n}` }));
  await table.commit(rows.map((key) => ({ table: "commerce", key, change: { put: {} } })));
  let now = 0;
  // A page a call: each takes a second.
  const on = { table, now: () => now++ };
  const visited: string[] = [];
  const visit = async ({ sk }: { sk: string }) => void visited.push(sk);
  const parts = ["a", "b"].map((pk) => ({ table: "commerce", query: { pk }, visit }) as const);
  const far: number[] = [];
  for (let from: WalkCursor | undefined = { part: 0 }; from; ) {
    const walked = await walkRows(on, parts, { from, until: now + 1 });
    far.push(walked.looked);
    from = walked.rest;
  }
  expect(far).toEqual([25, 40, 60]);
  expect(visited.sort()).toEqual(rows.map(({ sk }) => sk).sort());
});
