import { z } from "zod";
import { tryCommit } from "#functions/runtime/table.ts";
import { listStores } from "#functions/store/store.store.ts";
import { minutes } from "#functions/values/clock.ts";
import { Scope, startOf } from "./cursor.ts";
import { type Reconciles, reconcilePage } from "./reconcile-page.ts";
import { advancedRun, claimedRun, type Run, readRun } from "./reconciliation.store.ts";
import { added, noTally, type Tally } from "./tally.ts";

export const ReconcileOnSchedule = z.object({ scope: Scope });
export type ReconcileOnSchedule = z.infer<typeof ReconcileOnSchedule>;

type Schedules = Reconciles & { readonly remaining: () => number };

/** What a page may take while Stripe is slow; with less it is left to the next call. */
const enough = minutes(2);

/**
 * Begins a run, or goes on with the one that a call before left. The frequent call also lends its time to a full run
 * that is not over. The lease keeps two calls from the same work, and doing it twice would harm nobody.
 */
export const reconcileOnSchedule =
  (on: Schedules) =>
  async ({ scope }: ReconcileOnSchedule): Promise<Tally> => {
    const tally = await goOn(on, scope, { begin: true });
    return scope === "full" ? tally : goOn(on, "full", { begin: false, tally });
  };

type How = { readonly begin: boolean; readonly tally?: Tally };

const goOn = async (on: Schedules, scope: Scope, { begin, tally = noTally }: How): Promise<Tally> => {
  const now = on.now();
  const before = await readRun(on.table, scope);
  if ((!before.cursor && !begin) || before.leaseUntil > now) return tally;
  const cursor = before.cursor ?? startOf(scope, now, before.reached);
  const { run, write } = claimedRun(scope, before, cursor, now);
  const lost = await tryCommit(on.table, [write]);
  return lost.length > 0 ? tally : walk(on, scope, run, tally);
};

const walk = async (on: Schedules, scope: Scope, claimed: Run, before: Tally): Promise<Tally> => {
  const { stores, unread } = await listStores(on.table);
  for (const unreadId of unread) on.log.warn("a store cannot be read", { storeId: unreadId });
  let [run, tally] = [claimed, before];
  while (run.cursor && on.remaining() >= enough) {
    const page = await reconcilePage(on)(run.cursor, stores);
    tally = added(tally, page);
    const advanced = advancedRun(scope, run, page, on.now());
    const lost = await tryCommit(on.table, [advanced.write]);
    if (lost.length > 0) return tally;
    // Once a call, and not while a store is left out: whoever is woken by the silence finds it in the log.
    if (run === claimed && unread.length === 0) on.count("BooksCompared");
    run = advanced.run;
  }
  return tally;
};
