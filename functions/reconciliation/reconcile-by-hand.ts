import { z } from "zod";
import { listStores } from "#functions/store/store.store.ts";
import type { Store } from "#functions/store/store.ts";
import { seconds, toIso } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Cursor, Scope, startOf } from "./cursor.ts";
import { type Divergence, kinds } from "./divergence.ts";
import type { Finding } from "./examine-page.ts";
import { type Reconciles, reconcilePage } from "./reconcile-page.ts";
import { openPage } from "./reconciliation.store.ts";
import { given, said } from "./rows-page.ts";

/** The run is over, and what is open is listed from here on. */
const Listing = z.object({ listed: z.string().optional() });

export const ReconcileByHand = z.strictObject({
  command: z.literal("reconcile"),
  scope: Scope.default("recent"),
  /** Absent: every store. */
  storeId: StoreId.optional(),
  /** Looks and tells, and changes nothing. */
  dryRun: z.boolean().default(false),
  /** Where the answer before stopped. */
  cursor: z.union([Cursor, Listing]).optional(),
});
export type ReconcileByHand = z.infer<typeof ReconcileByHand>;

/** How long one call takes, and how much it tells, for an answer has 6 MB at most; what is left goes on with the next. */
const perCall = { time: seconds(20), told: 1_000, listed: 200 } as const;

/** What one call alone came to: whoever asks adds the parts up. */
type Part = {
  readonly looked?: number;
  readonly unread?: number;
  readonly healed?: readonly object[];
  readonly found?: readonly object[];
  readonly open?: readonly object[];
  /** What to do, by kind. */
  readonly runbooks: Readonly<Record<string, string>>;
};
type Told = { readonly part: Part; readonly next: Cursor | z.infer<typeof Listing> | undefined };

/** As a schedule does it, but the cursor is the caller's: so nothing is written that says where the run is. */
export const reconcileByHand =
  (on: Reconciles) =>
  async (command: ReconcileByHand): Promise<object> => {
    const { part, next } = await goOn(command.dryRun ? { ...on, heals: undefined } : on, command);
    if (!next) return { done: true, part };
    return { done: false, phase: "phase" in next ? next.phase : "listing", part, cursor: next };
  };

const goOn = (on: Reconciles, command: ReconcileByHand): Promise<Told> => {
  const { cursor } = command;
  return cursor && !("phase" in cursor) ? list(on, cursor, command) : walk(on, command, cursor);
};

const walk = async (
  on: Reconciles,
  { scope, storeId }: ReconcileByHand,
  before: Cursor | undefined,
): Promise<Told> => {
  const { stores, unread: unreadStores } = await storesFor(on, storeId);
  const until = on.now() + perCall.time;
  const [healed, found]: [Finding[], Finding[]] = [[], []];
  let [looked, unread] = [0, before ? 0 : unreadStores.length];
  let next: Cursor | undefined = before ?? startOf(scope, on.now());
  while (next && on.now() < until && healed.length + found.length < perCall.told) {
    const page = await reconcilePage(on)(next, stores);
    looked += page.looked;
    unread += page.unread.length;
    healed.push(...page.healed);
    found.push(...page.open);
    next = page.next;
  }
  const isDry = on.heals === undefined;
  const part = {
    looked,
    unread,
    healed: healed.map(({ divergence }) => shown(divergence)),
    found: found.map(({ divergence }) => ({ ...shown(divergence), ...(isDry && wouldBe(divergence)) })),
    runbooks: runbooksOf(found),
  };
  return { part, next: next ?? (isDry ? undefined : {}) };
};

const list = async (
  on: Reconciles,
  { listed }: z.infer<typeof Listing>,
  { storeId }: ReconcileByHand,
): Promise<Told> => {
  const page = await openPage(on.table, { limit: perCall.listed, ...given(listed) });
  const open = page.open.filter(({ divergence: { ids } }) => !storeId || ids.storeId === storeId);
  const part = {
    open: open.map(({ divergence, firstSeen, lastSeen, looks }) => ({
      ...shown(divergence),
      firstSeen: toIso(firstSeen),
      lastSeen: toIso(lastSeen),
      looks,
    })),
    runbooks: runbooksOf(open),
  };
  return { part, next: page.next && { listed: said(page.next) } };
};

/** A store that cannot be read is among those that nothing is said of. */
const storesFor = async (
  on: Reconciles,
  storeId: StoreId | undefined,
): Promise<{ stores: Store[]; unread: string[] }> => {
  const all = await listStores(on.table);
  if (storeId === undefined) return all;
  const stores = all.stores.filter(({ id }) => id === storeId);
  if (stores.length === 0) throw new Refusal("not_found", `There is no store ${storeId}.`);
  return { stores, unread: [] };
};

/** A divergence as the operator reads it. */
const shown = ({ kind, ids }: Divergence): object => ({ kind, ...ids });

const wouldBe = ({ kind }: Divergence) => ({ wouldTry: kinds[kind].healedBy ?? "nothing" });

const runbooksOf = (told: readonly { divergence: Divergence }[]): Record<string, string> =>
  Object.fromEntries(told.map(({ divergence: { kind } }) => [kind, kinds[kind].runbook]));
