import { z } from "zod";
import { days, hours, Instant } from "#functions/values/clock.ts";

export const Scope = z.enum(["recent", "full"]);
export type Scope = z.infer<typeof Scope>;

/** How far back a run looks. Disputes may come 120 days after a payment. */
export const reach = { recent: hours(2), full: days(120) } as const satisfies Record<Scope, number>;

/**
 * What a run walks, in this order: first what diverged before, then Stripe's side, then ours. Shelves are counted in
 * full runs only; a shelf that was wrong is among the open divergences and so is counted again soon.
 */
export const phases = [
  "open",
  "intents",
  "refunds",
  "disputes",
  "orders",
  "unfinished",
  "overdue",
  "products",
] as const;
export type Phase = (typeof phases)[number];

/** Where a run stands: enough for anybody to go on with it. */
export const Cursor = z.object({
  scope: Scope,
  from: Instant,
  to: Instant,
  phase: z.enum(phases),
  /** Which books, store or shard of the phase; absent: its first. */
  place: z.string().optional(),
  /** Where its next page begins. */
  after: z.string().optional(),
});
export type Cursor = z.infer<typeof Cursor>;

export const startOf = (scope: Scope, now: Instant, since = now): Cursor => ({
  scope,
  from: Math.max(0, Math.min(now - reach[scope], since)),
  to: now,
  phase: "open",
});

/** After a page: its next one, the next place of the phase, the next phase, or `undefined`: the run is over. */
export const cursorAfter = (
  cursor: Cursor,
  { place, after }: { place: string | undefined; after: string | undefined },
  placesOf: (phase: Phase) => readonly string[],
): Cursor | undefined => {
  if (after !== undefined && place !== undefined) return { ...cursor, place, after };
  const places = placesOf(cursor.phase);
  const next = place === undefined ? undefined : places[places.indexOf(place) + 1];
  const { scope, from, to } = cursor;
  if (next !== undefined) return { scope, from, to, phase: cursor.phase, place: next };
  const phase = phases[phases.indexOf(cursor.phase) + 1];
  return phase && !(phase === "products" && scope === "recent") ? { scope, from, to, phase } : undefined;
};
