import type { AuditRecord } from "#functions/audit/audit.ts";
import { erasedBy, readErasure } from "#functions/customer/erasure.store.ts";
import { digestOf } from "#functions/customer/erasure.ts";
import type { Table } from "#functions/runtime/table.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { Ended } from "./ended.ts";

/**
 * The ledger decides who does not come back, so it must hold what the records say was erased since: each erasure, and of
 * one that is done every line, by its receipt. Refused otherwise: a person that it lost would be readable again.
 */
export const proveLedger = async (
  table: Pick<Table, "get" | "query">,
  { erasures }: Ended,
): Promise<void> => {
  const proven = await Promise.all(erasures.map((record) => isInLedger(table, record)));
  const lost = erasures.filter((_, index) => !proven[index]);
  if (lost.length === 0) return;
  const ids = [...new Set(lost.map(({ about }) => about?.["erasureId"]))].join(", ");
  throw new Refusal(
    "conflict",
    `The table of erasures lacks what was erased by ${ids}. Bring it back first.`,
  );
};

const isInLedger = async (
  table: Pick<Table, "get" | "query">,
  { action, storeId, about }: AuditRecord,
): Promise<boolean> => {
  const erasure = storeId && (await readErasure(table, storeId, about?.["erasureId"] ?? ""));
  if (!erasure) return false;
  if (action === "erasure.requested") return true;
  const lines = await erasedBy(table, erasure);
  return erasure.receipt?.sha256 === digestOf(erasure, lines);
};
