import { missing } from "#functions/runtime/condition.ts";
import type { Attribute, Write } from "#functions/runtime/table.ts";
import { toIso } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { AuditRecord } from "./audit.ts";

/**
 * The record as a write: it goes into the transaction of the act itself, so that an act without a record cannot be.
 * Under its store in the order of time; no function may change or remove one.
 */
export const recordedAct = (act: AuditRecord): Write => {
  const { storeId, at, action, actor } = act;
  return appended(storeId, `act#${toIso(at)}#${action}#${actor.requestId}`, AuditRecord.parse(act));
};

/** The one way to write here: under its store, or the deployment, and never over what is there. */
export const appended = (
  storeId: StoreId | undefined,
  sk: string,
  put: Readonly<Record<string, Attribute>>,
): Write => ({
  table: "audit",
  key: { pk: storeId ?? "deployment", sk },
  change: { put },
  condition: missing(),
});
