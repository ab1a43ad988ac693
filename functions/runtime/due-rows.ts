import type { Instant } from "#functions/values/clock.ts";
import { type DueKind, dueKey, shards } from "./due.ts";
import type { Key, Table, TableName } from "./table.ts";

/** Keys of the rows that are due, longest overdue first, over all shards. The index lags: read each row again. */
export const dueRows = async (
  table: Pick<Table, "query">,
  from: { table: TableName; kind: DueKind; now: Instant; limitPerShard: number },
): Promise<Key[]> => {
  const pages = await Promise.all(
    shards.map((shard) =>
      table.query(from.table, {
        index: "due",
        pk: dueKey(from.kind, shard),
        to: from.now,
        limit: from.limitPerShard,
      }),
    ),
  );
  return pages
    .flatMap((page) => page.rows)
    .sort((left, right) => Number(left["dueAt"]) - Number(right["dueAt"]))
    .map(({ pk, sk }) => ({ pk, sk }));
};
