import fc from "fast-check";
import { expect, test } from "vitest";
import { exists } from "#functions/runtime/condition.ts";
import { memoryTable } from "#functions/runtime/memory-table.ts";
import { rehearsedTable } from "#functions/runtime/rehearsed-table.ts";
import { type Query, type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import { effort, seed } from "#test/effort.ts";

const numbers = fc.nat(12);
const aWrite: fc.Arbitrary<Write> = fc
  .tuple(numbers, fc.option(fc.record({ dueAt: fc.nat(5), note: fc.nat(9) }), { freq: 4 }))
  .map(([n, row]) => ({
    table: "commerce",
    key: { pk: "p", sk: `row-${n}` },
    change: row ? { put: { due: "d", ...row } } : { remove: true },
  }));
const aQuery: fc.Arbitrary<Query> = fc
  .tuple(fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 5 }))
  .map(([byDue, descending, limit]) => ({
    ...(byDue ? { index: "due", pk: "d", from: 1 } : { pk: "p", to: "row-8" }),
    descending,
    limit,
  }));

/** Every row, page by page. */
const walked = async (table: Table, query: Query) => {
  const rows = [];
  for (let after: Query["after"] | "first" = "first"; after !== undefined; ) {
    const page = await table.query("commerce", { ...query, ...(after !== "first" && { after }) });
    rows.push(...page.rows);
    after = page.next;
  }
  return rows;
};

test("finds, page by page, what a table would in which both had been written", async () => {
  const history = fc.array(aWrite, { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(history, history, aQuery, async (earlier, later, query) => {
      const [real, both] = [memoryTable(), memoryTable()];
      const { table } = rehearsedTable(real);
      for (const write of earlier) await Promise.all([real.commit([write]), both.commit([write])]);
      const before = real.rows("commerce");
      for (const write of later) await Promise.all([table.commit([write]), both.commit([write])]);
      expect(await walked(table, query)).toEqual(await walked(both, query));
      expect(real.rows("commerce")).toEqual(before);
    }),
    { seed: seed(4), numRuns: effort(20_000) },
  );
});

test("reads no row for a write's sake where that is not allowed, and goes by one that was read anyway", async () => {
  const real = memoryTable();
  const key = { pk: "p", sk: "key" };
  const write: Write = { table: "people", key, change: { set: { a: 1 } }, condition: exists("b") };
  const get: Table["get"] = () => Promise.reject(new Error("AccessDenied"));
  const blind = rehearsedTable({ ...real, get }, ["people"]);
  expect(await tryCommit(blind.table, [write])).toEqual([]);
  const seeing = rehearsedTable(real, ["people"]);
  await seeing.table.get("people", key);
  expect(await tryCommit(seeing.table, [write])).toEqual([write]);
  expect([blind.written, seeing.written]).toEqual([[write], []]);
});
