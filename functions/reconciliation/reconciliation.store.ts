import { z } from "zod";
import { allRows } from "#functions/runtime/all-rows.ts";
import { all, any, atMost, equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Page, Row, Table, Write } from "#functions/runtime/table.ts";
import { days, Instant, minutes } from "#functions/values/clock.ts";
import { Cursor, type Scope } from "./cursor.ts";
import { Divergence, nameOf } from "./divergence.ts";
import { Subject } from "./subject.ts";

/** How long a run that says nothing any more keeps others away: longer than its longest page. */
const lease = minutes(3);

/** Which scheduled run is at it, and where. */
export const Run = z.object({
  epoch: z.int(),
  leaseUntil: Instant,
  /** Absent between two runs. */
  cursor: Cursor.optional(),
  /** Something on its pages so far could not be read. */
  unread: z.literal(true).optional(),
  /** Up to where everything was looked at. */
  reached: Instant.optional(),
});
export type Run = z.infer<typeof Run>;

const runKey = (scope: Scope): Key => ({ pk: `reconciliation#${scope}`, sk: "reconciliation" });

export const readRun = async (table: Pick<Table, "get">, scope: Scope): Promise<Run> => {
  const row = await table.get("commerce", runKey(scope));
  return row ? Run.parse(row) : { epoch: 0, leaseUntil: 0 };
};

/** Of two that begin or take over at once, one does. */
export const claimedRun = (
  scope: Scope,
  before: Run,
  cursor: Cursor,
  now: Instant,
): { run: Run; write: Write } => {
  const run = { ...before, epoch: before.epoch + 1, leaseUntil: now + lease, cursor };
  const free = any(missing(), all(equals("epoch", before.epoch), atMost("leaseUntil", now)));
  return { run, write: put(scope, run, free) };
};

/** After a page. Refused when another has taken over: then this one stops. */
export const advancedRun = (
  scope: Scope,
  before: Run,
  { next, unread }: { next: Cursor | undefined; unread: readonly Subject[] },
  now: Instant,
): { run: Run; write: Write } => {
  const seen: Run = unread.length > 0 ? { ...before, unread: true } : before;
  const run: Run = next
    ? { ...seen, leaseUntil: now + lease, cursor: next }
    : { epoch: before.epoch, leaseUntil: now, reached: seen.cursor && reachedBy(seen.cursor, seen.unread) };
  return { run, write: put(scope, run, equals("epoch", before.epoch)) };
};

/**
 * A window with something unread is looked at again, but for at most a day: full runs come daily and look further back,
 * and books that nobody can read any more would make every recent run one.
 */
const reachedBy = ({ from, to }: Cursor, unread: boolean | undefined): Instant =>
  unread ? Math.max(from, to - days(1)) : to;

const put = (scope: Scope, run: Run, condition: NonNullable<Write["condition"]>): Write => ({
  table: "commerce",
  key: runKey(scope),
  change: { put: run },
  condition,
});

/** A divergence that no move has healed, until a look does not find it any more. */
export const OpenDivergence = z.object({
  divergence: Divergence,
  /** Where to look again. */
  subject: Subject,
  firstSeen: Instant,
  lastSeen: Instant,
  looks: z.int(),
});
export type OpenDivergence = z.infer<typeof OpenDivergence>;

const openList = "divergences";
const openKey = (divergence: Divergence): Key => ({
  pk: `divergence#${nameOf(divergence)}`,
  sk: "divergence",
});

/** Once; seen again it stays what it is until its subject is looked at again. */
export const firstSeen = (
  { divergence, subject }: Pick<OpenDivergence, "divergence" | "subject">,
  now: Instant,
): Write => ({
  table: "commerce",
  key: openKey(divergence),
  change: {
    put: { divergence, subject, firstSeen: now, lastSeen: now, looks: 1, list: openList, listAt: now },
  },
  condition: missing(),
});

export const seenAgain = (open: OpenDivergence, now: Instant): Write => ({
  table: "commerce",
  key: openKey(open.divergence),
  change: { set: { lastSeen: now }, add: { looks: 1 } },
  condition: equals("looks", open.looks),
});

/** Only as it was read: somebody else may see it at this moment. */
export const closed = (open: OpenDivergence): Write => ({
  table: "commerce",
  key: openKey(open.divergence),
  change: { remove: true },
  condition: equals("looks", open.looks),
});

export const openPage = async (
  table: Pick<Table, "get" | "query">,
  { limit, after }: { limit: number; after?: Page["next"] },
): Promise<{ open: OpenDivergence[]; next: Page["next"] }> => {
  const page = await table.query("commerce", { index: "list", pk: openList, limit, ...(after && { after }) });
  return { open: await read(table, page.rows), next: page.next };
};

/** All of them, oldest first. */
export const listOpen = async (table: Pick<Table, "get" | "query">): Promise<OpenDivergence[]> =>
  read(table, await allRows(table, "commerce", { index: "list", pk: openList }));

const read = async (table: Pick<Table, "get">, keys: readonly Row[]): Promise<OpenDivergence[]> => {
  const rows = await Promise.all(keys.map(({ pk, sk }) => table.get("commerce", { pk, sk })));
  // One of a newer release says nothing to this one.
  return rows.flatMap((row) => OpenDivergence.safeParse(row).data ?? []);
};
