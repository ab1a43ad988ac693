import { z } from "zod";
import { appended } from "#functions/audit/audit.store.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, Instant } from "#functions/values/clock.ts";
import { type Divergence, Ids, Kind, type Move, nameOf } from "./divergence.ts";

/** What was about to be healed, and by which of everybody's moves. What came of it, the next look says. */
const HealRecord = z.object({
  action: z.literal("divergence.heal"),
  actor: z.object({ role: z.literal("reconciliation"), run: z.string() }),
  at: Instant,
  kind: Kind,
  ids: Ids,
  move: z.string(),
});

export type Heal = { readonly run: string; readonly divergence: Divergence; readonly move: Move };

/** Once a run, however often a page of it is looked at again. Thrown where it cannot be written: then nothing is healed. */
export const recordHeal =
  (on: { table: Pick<Table, "commit">; now: Clock }) =>
  async ({ run, divergence, move }: Heal): Promise<void> => {
    const { kind, ids } = divergence;
    const record = HealRecord.parse({
      action: "divergence.heal",
      actor: { role: "reconciliation", run },
      at: on.now(),
      kind,
      ids,
      move,
    });
    // Refused: this run has written it before.
    await tryCommit(on.table, [appended(ids.storeId, `heal#${run}#${nameOf(divergence)}`, record)]);
  };
