import type { Table } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { recordedAct } from "./audit.store.ts";
import type { AuditRecord } from "./audit.ts";

/** Before anything is told: somebody is looking through the audit itself. */
export const recordLook = (
  on: { table: Pick<Table, "commit">; now: Clock },
  look: Pick<AuditRecord, "action" | "actor" | "storeId" | "about">,
): Promise<void> => on.table.commit([recordedAct({ ...look, at: on.now(), decidedBy: "iam" })]);
