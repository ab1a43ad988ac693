import { z } from "zod";
import { listStores } from "#functions/store/store.store.ts";
import type { Store } from "#functions/store/store.ts";
import { seconds, toIso } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Cursor, Scope, startOf } from "./cursor.ts";
import { type Divergence, kinds } from "./divergence.ts";
import type { Examined } from "./examine-page.ts";
import { type Reconciles, reconcilePage } from "./reconcile-page.ts";
import { listOpen } from "./reconciliation.store.ts";

/** A divergence as the operator reads it. */
const Shown = z.record(z.string(), z.union([z.string(), z.number()]));
type Shown = z.infer<typeof Shown>;

const SoFar = z.object({
  looked: z.int(),
  unread: z.int(),
  healed: z.array(Shown),
  found: z.array(Shown),
});
type SoFar = z.infer<typeof SoFar>;

export const ReconcileByHand = z.strictObject({
  command: z.literal("reconcile"),
  scope: Scope.default("recent"),
  /** Absent: every store. */
  storeId: StoreId.optional(),
  /** Looks and tells, and changes nothing. */
  dryRun: z.boolean().default(false),
  /** Where the answer before stopped, and what it came to. */
  cursor: Cursor.extend({ soFar: SoFar }).optional(),
});
export type ReconcileByHand = z.infer<typeof ReconcileByHand>;

/** How long one call takes; what is left goes on with the next. */
const perCall = seconds(20);

/** As a schedule does it, but the cursor is the caller's: so nothing is written that says where the run is. */
export const reconcileByHand =
  (on: Reconciles) =>
  async (command: ReconcileByHand): Promise<object> => {
    const { storeId, dryRun } = command;
    const { soFar, cursor } = await walk(dryRun ? { ...on, heals: undefined } : on, command);
    const { looked, unread, healed, found } = soFar;
    if (cursor) {
      const progress = { looked, unread, healed: healed.length, found: found.length };
      return { done: false, phase: cursor.phase, ...progress, cursor: { ...cursor, soFar } };
    }
    return { done: true, ...soFar, ...(!dryRun && { open: await shownOpen(on, storeId) }) };
  };

const nothing: SoFar = { looked: 0, unread: 0, healed: [], found: [] };

const walk = async (
  on: Reconciles,
  { scope, storeId, cursor: given }: ReconcileByHand,
): Promise<{ soFar: SoFar; cursor: Cursor | undefined }> => {
  const stores = await storesFor(on, storeId);
  const until = on.now() + perCall;
  const { soFar, ...start } = given ?? { ...startOf(scope, on.now()), soFar: nothing };
  let walked: { soFar: SoFar; cursor: Cursor | undefined } = { soFar, cursor: start };
  while (walked.cursor && on.now() < until) {
    const page = await reconcilePage(on)(walked.cursor, stores);
    walked = { soFar: withPage(walked.soFar, page, on.heals === undefined), cursor: page.next };
  }
  return walked;
};

const withPage = (before: SoFar, page: Examined, dryRun: boolean): SoFar => ({
  looked: before.looked + page.looked,
  unread: before.unread + page.unread.length,
  healed: [...before.healed, ...page.healed.map(({ divergence: { kind, ids } }) => ({ kind, ...ids }))],
  found: [
    ...before.found,
    ...page.open.map(({ divergence }) => ({ ...shown(divergence), ...(dryRun && wouldBe(divergence)) })),
  ],
});

const storesFor = async (on: Reconciles, storeId: StoreId | undefined): Promise<Store[]> => {
  const { stores } = await listStores(on.table);
  const wanted = stores.filter(({ id }) => storeId === undefined || id === storeId);
  if (storeId && wanted.length === 0) throw new Refusal("not_found", `There is no store ${storeId}.`);
  return wanted;
};

const shown = ({ kind, ids }: Divergence): Shown => ({ kind, ...ids, runbook: kinds[kind].runbook });

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
