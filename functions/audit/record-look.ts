import { z } from "zod";
import { canonicalJson } from "#functions/runtime/canonical-json.ts";
import type { Table } from "#functions/runtime/table.ts";
import { type Clock, days } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { chainOf, recordedAct, recordRow } from "./audit.store.ts";
import { AuditRecord } from "./audit.ts";

type Looks = { readonly table: Pick<Table, "get" | "commit">; readonly now: Clock };
type Look = Pick<AuditRecord, "action" | "actor" | "storeId" | "about">;

/** Where a look goes on, and by which record of it. */
export const lookCursor = <At extends z.ZodType>(at: At) => z.strictObject({ look: z.string().max(500), at });

/** So long one look may go on. */
const longest = days(1);

/**
 * Before anything is told: somebody is looking through the audit itself. Answers the record's place, by which the look goes
 * on; a cursor that somebody made up goes on with none.
 */
export const recordLook = async (on: Looks, look: Look, goesOn?: { look: string }): Promise<string> => {
  if (goesOn) return knownLook(on, look, goesOn.look);
  const write = recordedAct({ ...look, at: on.now(), decidedBy: "iam" });
  await on.table.commit([write]);
  return write.key.sk;
};

const knownLook = async (on: Looks, { action, storeId, about }: Look, sk: string): Promise<string> => {
  const { data: known } = AuditRecord.safeParse(await on.table.get("audit", recordRow(chainOf(storeId), sk)));
  const isSame = known?.action === action && canonicalJson(known.about ?? {}) === canonicalJson(about ?? {});
  if (isSame && on.now() < known.at + longest) return sk;
  throw noLook();
};

export const noLook = () =>
  new Refusal("invalid", "This goes on with no look of the last day that is on record: begin anew.", {
    param: "$.cursor",
  });
