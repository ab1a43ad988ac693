import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Action, type Actor, type AuditRecord, actorOf } from "#functions/audit/audit.ts";
import type { RequestFacts } from "#functions/runtime/route.ts";
import type { Write } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";

/** In whose name something is done to keys, and by what right. */
export type By = { readonly actor: Actor; readonly decidedBy: AuditRecord["decidedBy"] };

export const byCaller = (caller: Caller, facts: Pick<RequestFacts, "requestId">): By => ({
  actor: actorOf(caller, facts),
  decidedBy: "keys:write",
});

export const byOperator = (actor: Actor): By => ({ actor, decidedBy: "iam" });

/** A time that was up. The fact's own id stands for a request's: a repeat is the same act. */
export const bySchedule = (factId: string): By => ({
  actor: { role: "service", requestId: factId },
  decidedBy: "schedule",
});

/** Goes into the act's own transaction. `of`: which one it is, where one request does the same to several. */
export const recordOf = (
  by: By,
  act: { action: Action; storeId: StoreId; at: Instant; about: Readonly<Record<string, string>> },
  of?: string,
): Write => recordedAct({ ...by, ...act }, of);

/** A request does an act once, so nobody else has its record: whoever lost to that alone must not try for ever. */
export const refuseRecordTwice = (lost: readonly Write[]): void => {
  if (lost.length > 0 && lost.every(({ table }) => table === "audit"))
    throw new Error("another act has this one's record");
};
