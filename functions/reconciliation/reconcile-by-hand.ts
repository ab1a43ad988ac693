import { z } from "zod";
import { listStores } from "#functions/store/store.store.ts";
import type { Store } from "#functions/store/store.ts";
import { seconds, toIso } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Cursor, Scope, startOf } from "./cursor.ts";
import { type Divergence, kinds } from "./divergence.ts";
import { type Reconciles, reconcilePage } from "./reconcile-page.ts";
import { listOpen } from "./reconciliation.store.ts";
import { added, noTally, type Tally } from "./tally.ts";

export const ReconcileByHand = z.strictObject({
  command: z.literal("reconcile"),
  scope: Scope.default("recent"),
  /** Absent: every store. */
  storeId: StoreId.optional(),
  /** Looks and tells, and changes nothing. */
  dryRun: z.boolean().default(false),
  /** Where the answer before stopped. */
  cursor: Cursor.optional(),
});
export type ReconcileByHand = z.infer<typeof ReconcileByHand>;

/** How long one call takes; what is left goes on with the next. */
const perCall = seconds(20);

/** As a schedule does it, but the cursor is the caller's: so nothing is written that says where the run is. */
export const reconcileByHand =
  (on: Reconciles) =>
  async (command: ReconcileByHand): Promise<object> => {
    const { storeId, dryRun } = command;
    const { tally, cursor } = await walk(dryRun ? { ...on, heals: undefined } : on, command);
    const shown = shownTally(tally, dryRun);
    if (cursor) return { done: false, ...shown, cursor };
    return { done: true, ...shown, ...(!dryRun && { open: await shownOpen(on, storeId) }) };
  };

type Walked = { readonly tally: Tally; readonly cursor: Cursor | undefined };

const walk = async (on: Reconciles, { scope, storeId, cursor }: ReconcileByHand): Promise<Walked> => {
  const stores = await storesFor(on, storeId);
  const until = on.now() + perCall;
  let walked: Walked = { tally: noTally, cursor: cursor ?? startOf(scope, on.now()) };
  while (walked.cursor && on.now() < until) {
    const page = await reconcilePage(on)(walked.cursor, stores);
    walked = { tally: added(walked.tally, page), cursor: page.next };
  }
  return walked;
};

const storesFor = async (on: Reconciles, storeId: StoreId | undefined): Promise<Store[]> => {
  const all = await listStores(on.table);
  const wanted = all.filter(({ id }) => storeId === undefined || id === storeId);
  if (storeId && wanted.length === 0) throw new Refusal("not_found", `There is no store ${storeId}.`);
  return wanted;
};

const shownTally = ({ looked, healed, open, unread }: Tally, dryRun: boolean): object => ({
  looked,
  unread,
  healed: healed.map(({ divergence: { kind, ids } }) => ({ kind, ...ids })),
  found: open.map(({ divergence }) => ({ ...shown(divergence), ...(dryRun && wouldBe(divergence)) })),
});

const shown = ({ kind, ids }: Divergence) => ({ kind, ...ids, runbook: kinds[kind].runbook });

const wouldBe = ({ kind }: Divergence) => ({ wouldTry: kinds[kind].healedBy ?? "nothing" });

const shownOpen = async (on: Reconciles, storeId: StoreId | undefined): Promise<object[]> =>
  (await listOpen(on.table))
    .filter(({ divergence: { ids } }) => !storeId || ids.storeId === storeId)
    .map(({ divergence, firstSeen, lastSeen, looks }) => ({
      ...shown(divergence),
      firstSeen: toIso(firstSeen),
      lastSeen: toIso(lastSeen),
      looks,
    }));
