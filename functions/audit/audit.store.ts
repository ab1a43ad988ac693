import { missing } from "#functions/runtime/condition.ts";
import type { Write } from "#functions/runtime/table.ts";
import { toIso } from "#functions/values/clock.ts";
import { AuditRecord } from "./audit.ts";

/**
 * The record as a write: it goes into the transaction of the act itself, so that an act without a record cannot be.
 * Under its store in the order of time; no function may change or remove one.
 */
export const recordedAct = (act: AuditRecord): Write => {
  const { storeId, at, action, actor } = act;
  return {
    table: "audit",
    key: { pk: storeId ?? "deployment", sk: `act#${toIso(at)}#${action}#${actor.requestId}` },
    change: { put: AuditRecord.parse(act) },
    condition: missing(),
  };
};
