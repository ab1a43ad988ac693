import { z } from "zod";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { Query, Row, Table, TableName } from "./table.ts";

/** Where a walk stopped: whoever goes on from there has seen every row that lay there all the while. */
export const WalkCursor = z.strictObject({
  part: z.int().nonnegative(),
  after: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** How many rows it has come past. */
  looked: z.int().nonnegative().optional(),
});
export type WalkCursor = z.infer<typeof WalkCursor>;

/** One query of a walk, and what is done with each row that it finds. */
export type WalkPart = {
  readonly table: TableName;
  readonly query: Omit<Query, "after" | "limit">;
  readonly visit: (row: Row) => Promise<void>;
};

const pageSize = 25;

/**
 * Visits the parts' rows, one part after the other, until `until`; nothing is left when no cursor comes back. `looked`: how
 * many rows it has come past since it began, whatever the calls.
 */
export const walkRows = async (
  on: { table: Pick<Table, "query">; now: Clock },
  parts: readonly WalkPart[],
  { from, until }: { from: WalkCursor; until: Instant },
): Promise<{ readonly looked: number; readonly rest?: WalkCursor }> => {
  let at: WalkCursor = from;
  let { looked = 0 } = from;
  for (let part = parts[at.part]; part; part = parts[at.part]) {
    if (on.now() >= until) return { looked, rest: at };
    const { rows, next } = await on.table.query(part.table, {
      ...part.query,
      limit: pageSize,
      ...(at.after && { after: at.after as NonNullable<Query["after"]> }),
    });
    await Promise.all(rows.map(part.visit));
    looked += rows.length;
    at = next ? { part: at.part, after: next as WalkCursor["after"], looked } : { part: at.part + 1, looked };
  }
  return { looked };
};
