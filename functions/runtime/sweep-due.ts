import { type Clock, seconds } from "#functions/values/clock.ts";
import { type DueKind, dueKey, shards } from "./due.ts";
import type { Log } from "./logger.ts";
import type { Page, Row, Table, TableName } from "./table.ts";

type Sweeps = { table: Pick<Table, "get" | "query">; now: Clock; log: Log };

/** Rows at once from each shard, and how long a run goes on; what is left is still due in the next one. */
const limits = { page: 25, time: seconds(40) } as const;

/**
 * Hands every due row to `moveOn`, longest overdue first in each shard. The index lags, so each row is read again.
 * One that fails is logged, keeps nobody behind it waiting and is due again in the next run. Answers how many
 * rows it looked at.
 */
export const sweepDue = async (
  on: Sweeps,
  due: { table: TableName; kind: DueKind },
  moveOn: (row: Row) => Promise<void>,
): Promise<number> => {
  const until = on.now() + limits.time;
  const counts = await Promise.all(shards.map((shard) => sweepShard(on, { ...due, shard, until }, moveOn)));
  return counts.reduce((sum, count) => sum + count, 0);
};

type Share = { table: TableName; kind: DueKind; shard: number; until: number };

const sweepShard = async (on: Sweeps, share: Share, moveOn: (row: Row) => Promise<void>): Promise<number> => {
  const to = on.now();
  let count = 0;
  let after: Page["next"];
  do {
    const page = await on.table.query(share.table, {
      index: "due",
      pk: dueKey(share.kind, share.shard),
      to,
      limit: limits.page,
      ...(after && { after }),
    });
    await Promise.all(page.rows.map((row) => moveOne(on, share, row, moveOn)));
    count += page.rows.length;
    after = page.next;
  } while (after && on.now() < share.until);
  return count;
};

const moveOne = async (
  on: Sweeps,
  { table, kind }: Share,
  { pk, sk }: Row,
  moveOn: (row: Row) => Promise<void>,
) => {
  try {
    const row = await on.table.get(table, { pk, sk });
    if (row) await moveOn(row);
  } catch (error) {
    on.log.error(`a due ${kind} could not be moved on`, error);
  }
};
