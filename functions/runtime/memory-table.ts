import { changed } from "./changed-row.ts";
import { holds } from "./condition.ts";
import { by, pageOf } from "./row-page.ts";
import { stored } from "./stored-row.ts";
import type { Key, Query, Row, Table, TableName, Write } from "./table.ts";
import { ConditionFailed, maxWrites } from "./table.ts";

export type RowChange = {
  readonly table: TableName;
  readonly key: Key;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
};

export type MemoryTable = Table & {
  /** All rows of a table as stored, in order of `pk`, `sk`. */
  rows(table: TableName): Row[];
  /** A row as it lies there, not to be changed: for who only looks, and often. */
  look(table: TableName, key: Key): Row | undefined;
  /** The same for all rows of a table, in order of their first write. */
  lookAll(table: TableName): Iterable<Row>;
  /** The same for those that a query might find. */
  lookAt(table: TableName, query: Pick<Query, "index" | "pk">): Row[];
};

/**
 * The tables in memory. It refuses what DynamoDB refuses, so that a mistake shows in the lowest test; both stand
 * under one contract suite (`test/runtime/table.test.ts`). `watch` hears what each transaction changed.
 */
export const memoryTable = (
  watch: (changes: readonly RowChange[]) => void = () => undefined,
): MemoryTable => {
  const tables = new Map<TableName, ReturnType<typeof oneTable>>();
  const tableOf = (name: TableName) => {
    const table = tables.get(name) ?? oneTable();
    tables.set(name, table);
    return table;
  };
  const look = (name: TableName, key: Key) => tableOf(name).rows.get(idOf(key));
  return {
    look,
    lookAll: (name) => tableOf(name).rows.values(),
    lookAt: (name, query) => tableOf(name).candidates(query),
    get: async (name, key) => copy(look(name, key)),
    query: async (name, query) => pageOf(tableOf(name).candidates(query), query),
    commit: async (writes) => {
      refuseMalformed(writes);
      const failed = writes.filter(
        ({ condition, table, key }) => condition !== undefined && !holds(condition, look(table, key)),
      );
      if (failed.length > 0) throw new ConditionFailed(failed);
      // Every row is made before the first is stored: a change that throws leaves nothing behind.
      const changes = writes.map((write): RowChange => {
        const before = look(write.table, write.key);
        return { table: write.table, key: write.key, before, after: changed(before, write) };
      });
      for (const change of changes) tableOf(change.table).store(change);
      watch(changes);
    },
    tally: async (update) => {
      const { table, key, condition } = update;
      if (condition !== undefined && !holds(condition, look(table, key)))
        return { done: false, row: copy(look(table, key)) };
      const before = look(table, key);
      const after = changed(before, update);
      tableOf(table).store({ table, key, before, after });
      watch([{ table, key, before, after }]);
      return { done: true, row: copy(after) };
    },
    rows: (name) => [...tableOf(name).rows.values()].sort(by(["pk", "sk"])).map(stored),
  };
};

/** Rows by their key, and found by the partitions that they lie in. */
const oneTable = () => {
  const rows = new Map<string, Row>();
  const partitions = new Map<string, Set<string>>();
  const partition = (name: string): Set<string> => {
    const found = partitions.get(name) ?? new Set<string>();
    partitions.set(name, found);
    return found;
  };
  return {
    rows,
    store: ({ key, before, after }: RowChange) => {
      const id = idOf(key);
      for (const name of partitionsOf(before)) partitions.get(name)?.delete(id);
      if (after) rows.set(id, after);
      else rows.delete(id);
      for (const name of partitionsOf(after)) partition(name).add(id);
    },
    candidates: ({ index, pk }: Pick<Query, "index" | "pk">): Row[] =>
      [...(partitions.get(`${index ?? "pk"} ${pk}`) ?? [])].flatMap((id) => rows.get(id) ?? []),
  };
};

const partitionsOf = (row: Row | undefined): string[] =>
  row
    ? ["pk", "due", "list"].flatMap((name) => (row[name] === undefined ? [] : [`${name} ${row[name]}`]))
    : [];

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
