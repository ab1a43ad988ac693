import { recordsByTime } from "#functions/audit/audit.store.ts";
import { AuditRecord } from "#functions/audit/audit.ts";
import { lateness } from "#functions/audit/seal-audit.ts";
import { allRows } from "#functions/runtime/all-rows.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { type Ended, endedBy } from "./ended.ts";

/** What the records say has ended since the copy; from somewhat earlier on, since each has its time from before its commit. */
export const readEnded = async (
  table: Pick<Table, "get" | "query">,
  { to, isWhole }: { to: Instant; isWhole: boolean },
): Promise<Ended> => {
  const pages = await Promise.all(
    recordsByTime.map((shard) => allRows(table, "audit", { ...shard, from: Math.max(0, to - lateness) })),
  );
  const rows = await Promise.all(pages.flat().map(({ pk, sk }) => table.get("audit", { pk, sk })));
  const records = rows.flatMap((row) => (row ? [AuditRecord.parse(row)] : []));
  return endedBy(
    records.sort((left, right) => left.at - right.at),
    isWhole,
  );
};
