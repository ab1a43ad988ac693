import { memoryTable } from "./memory-table.ts";
import { isBeyond, pageOf } from "./row-page.ts";
import type { Key, Row, Table, TableName, Write } from "./table.ts";

/**
 * Reads as the table does and writes nothing there: what is committed stays in memory and counts from then on, under the
 * same contract. `unread`: of these no row is read for the sake of a write; one that nobody has read finds what it expects.
 */
export const rehearsedTable = (
  table: Pick<Table, "get" | "query">,
  unread: readonly TableName[] = [],
): { readonly table: Table; readonly written: readonly Write[] } => {
  const written: Write[] = [];
  const mine = memoryTable();
  /** Rows that are as `mine` has them: those that were read for the sake of a write, or may not be. */
  const taken = new Map<string, Promise<void>>();
  const isTaken = (name: TableName, key: Key): boolean => taken.has(idOf(name, key));

  const take = (name: TableName, key: Key, read: Table["get"]): Promise<void> => {
    const id = idOf(name, key);
    const known =
      taken.get(id) ?? read(name, key).then((row) => mine.commit(row ? [putting(name, row)] : []));
    taken.set(id, known);
    return known;
  };
  const judged = async <Judged extends Omit<Write, "change">>(write: Judged): Promise<Judged> => {
    const { table: name, key } = write;
    const isBlind = unread.includes(name) && !isTaken(name, key);
    await take(name, key, isBlind ? nothing : table.get);
    return isBlind ? { ...write, condition: undefined } : write;
  };
  return {
    written,
    table: {
      get: async (name, key) => {
        if (unread.includes(name)) await take(name, key, table.get);
        await taken.get(idOf(name, key));
        return isTaken(name, key) ? mine.get(name, key) : table.get(name, key);
      },
      query: async (name, query) => {
        const page = await table.query(name, query);
        const own = mine.lookAt(name, query).filter((row) => !page.next || !isBeyond(row, page.next, query));
        const merged = pageOf([...page.rows.filter((row) => !isTaken(name, row)), ...own], query);
        return page.next && !merged.next ? { ...merged, next: page.next } : merged;
      },
      commit: async (writes) => {
        await mine.commit(await Promise.all(writes.map(judged)));
        written.push(...writes.filter(({ change }) => !("check" in change)));
      },
      tally: async (update) => {
        const told = await mine.tally(await judged(update));
        if (told.done) written.push(update);
        return told;
      },
    },
  };
};

const nothing: Table["get"] = async () => undefined;
const putting = (table: TableName, { pk, sk, ...put }: Row): Write => ({
  table,
  key: { pk, sk },
  change: { put },
});

const idOf = (name: TableName, { pk, sk }: Key | Row): string => JSON.stringify([name, pk, sk]);
