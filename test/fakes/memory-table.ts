import { holds } from "#functions/runtime/condition.ts";
import type { Attribute, Key, Page, Query, Row, Table, TableName, Write } from "#functions/runtime/table.ts";
import { ConditionFailed, maxWrites } from "#functions/runtime/table.ts";
import { changed } from "./memory-change.ts";
import { stored } from "./memory-row.ts";

export type MemoryTable = Table & {
  /** All rows of a table as stored, in order of `pk`, `sk`. */
  rows(table: TableName): Row[];
};

/**
 * The tables in memory. It refuses what DynamoDB refuses, so that a mistake shows in the lowest test; both stand
 * under one contract suite (`test/runtime/table.test.ts`).
 */
export const memoryTable = (): MemoryTable => {
  const tables = new Map<TableName, Map<string, Row>>();
  const rowsOf = (table: TableName) => {
    const rows = tables.get(table) ?? new Map<string, Row>();
    tables.set(table, rows);
    return rows;
  };

  return {
    get: async (table, key) => copy(rowsOf(table).get(idOf(key))),

    query: async (table, query) => page([...rowsOf(table).values()], query),

    commit: async (writes) => {
      refuseMalformed(writes);
      const before = (write: Write) => rowsOf(write.table).get(idOf(write.key));
      const failed = writes.filter(
        (write) => write.condition !== undefined && !holds(write.condition, before(write)),
      );
      if (failed.length > 0) throw new ConditionFailed(failed);
      // Every row is made before the first is stored: a change that throws leaves nothing behind.
      const after = writes.map((write) => changed(before(write), write));
      for (const [index, write] of writes.entries()) {
        const row = after[index];
        if (row) rowsOf(write.table).set(idOf(write.key), row);
        else rowsOf(write.table).delete(idOf(write.key));
      }
    },

    rows: (table) => [...rowsOf(table).values()].sort(by(["pk", "sk"])).map(stored),
  };
};

const idOf = (key: Key): string => JSON.stringify([key.pk, key.sk]);

const copy = (row: Row | undefined): Row | undefined => (row ? stored(row) : undefined);

const refuseMalformed = (writes: readonly Write[]): void => {
  if (writes.length > maxWrites) throw new Error(`a transaction holds at most ${maxWrites} writes`);
  const ids = writes.map((write) => `${write.table} ${idOf(write.key)}`);
  if (new Set(ids).size < ids.length) throw new Error("a transaction names each key once");
  if (writes.some(({ change, condition }) => "check" in change && !condition)) {
    throw new Error("a check needs a condition");
  }
};

const page = (rows: readonly Row[], query: Query): Page => {
  const hash = query.index ?? "pk";
  const range = query.index === undefined ? "sk" : `${query.index}At`;
  const order = by(query.index === undefined ? ["sk"] : [range, "pk", "sk"]);
  const direction = query.descending ? -1 : 1;
  const found = rows
    .filter((row) => row[hash] === query.pk && row[range] !== undefined)
    .filter((row) => within(row[range], query))
    .sort((left, right) => direction * order(left, right))
    .filter((row) => query.after === undefined || direction * order(row, query.after) > 0);
  const shown = found.slice(0, query.limit);
  const last = shown.at(-1);
  const key = (row: Row): Row => ({ pk: row.pk, sk: row.sk, [hash]: row[hash], [range]: row[range] });
  return {
    rows: shown.map((row) => (query.index === undefined ? stored(row) : key(row))),
    // As DynamoDB: a full page names a next one without looking whether anything follows.
    ...(last && shown.length === query.limit ? { next: key(last) } : {}),
  };
};

const within = (value: Attribute | undefined, { from, to }: Query): boolean =>
  (from === undefined || compare(value, from) >= 0) && (to === undefined || compare(value, to) <= 0);

type Sortable = { readonly [name: string]: Attribute | undefined };
const by =
  (names: readonly string[]) =>
  (left: Sortable, right: Sortable): number =>
    names.map((name) => compare(left[name], right[name])).find((order) => order !== 0) ?? 0;

const compare = (left: Attribute | undefined, right: Attribute | undefined): number => {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
};
