import { bySchedule } from "#functions/access/record-act.ts";
import { eventId } from "#functions/outbox/outbox.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { sweepDue } from "#functions/runtime/sweep-due.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import { type EndsSupport, ending } from "./end-grants.ts";
import { factOf } from "./grant-facts.ts";
import { ended, SupportGrant } from "./support-grant.ts";

/** Writes down the end of what ended by its time: its key opens nothing since. */
export const sweepSupport = (on: EndsSupport & { log: Log }) => (): Promise<number> =>
  sweepDue(on, { table: "access", kind: "support-grant" }, async (row) => {
    const before = SupportGrant.parse(row);
    const now = on.now();
    if (before.status === "ended" || before.endsAt > now) return;
    const after = ended(before, "time", now);
    const by = bySchedule(eventId(factOf(after, now)));
    // Lost: somebody ended it, or took its key, meanwhile; the next run looks again.
    await tryCommit(on.table, await ending(on, { before, after, by, now }));
  });
