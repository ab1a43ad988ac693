import { appended } from "#functions/audit/audit.store.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { type Divergence, type Move, nameOf } from "./divergence.ts";

/** What was about to be healed, and by which of everybody's moves. What came of it, the next look says. */
export type Heal = { readonly run: string; readonly divergence: Divergence; readonly move: Move };

/** Once a run, however often a page of it is looked at again. Thrown where it cannot be written: then nothing is healed. */
export const recordHeal =
  (on: { table: Pick<Table, "commit">; now: Clock }) =>
  async ({ run, divergence, move }: Heal): Promise<void> => {
    const { kind, ids } = divergence;
    const { storeId, ...others } = ids;
    const about = Object.entries({ kind, move, ...others }).map(([name, id]) => [name, String(id)]);
    const record = {
      action: "divergence.heal",
      actor: { role: "service", requestId: run },
      decidedBy: "schedule",
      storeId,
      at: on.now(),
      about: Object.fromEntries(about),
    } as const;
    // Refused: this run has written it before.
    await tryCommit(on.table, [appended(record, `${run}#${nameOf(divergence)}`)]);
  };
