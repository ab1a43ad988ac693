import type { Followed } from "#functions/fulfillment/connection.ts";
import { dueKey, shards } from "#functions/runtime/due.ts";
import type { MemoryTable } from "#functions/runtime/memory-table.ts";
import type { Row } from "#functions/runtime/table.ts";
import type { World } from "../engine/process.ts";
import { type Sweeper, sealer, sweepers } from "./deployment.ts";
import type { Invoked } from "./state-machine.ts";

const minute = 60_000;

/** A process's clock may be this far ahead: it sees rows as due that are not yet. */
const ahead = 5 * minute;

type Scheduled = {
  readonly table: MemoryTable;
  readonly invoke: (name: string, event: unknown) => Promise<Invoked>;
  /** When what is for sale, who sells it, or what a site knows of it was last changed. */
  readonly changedAt: () => number;
};

/**
 * Calls every sweeper each minute for which there is something to do: a call that would find nothing is left out, so
 * that a quiet day costs no more than a quiet second. Answers whether the books are compared, too.
 */
export const startSchedules = (world: World, { table, invoke, changedAt }: Scheduled): boolean => {
  const { scheduler, fates, random } = world;
  const earliest = ({ table: name, kinds }: Sweeper): number =>
    Math.min(
      ...kinds
        .flatMap((kind) =>
          shards.flatMap((shard) => table.lookAt(name, { index: "due", pk: dueKey(kind, shard) })),
        )
        .filter((row) => !isDone(row, changedAt()))
        .map(({ dueAt }) => Number(dueAt)),
      Number.POSITIVE_INFINITY,
    );
  const isDue = (sweeper: Sweeper): boolean =>
    earliest(sweeper) <= scheduler.now() + (fates.isCalm ? 0 : ahead) && !fates.happens("schedule lost");
  const tick = () => {
    if (isUnsealed(table) && !fates.happens("schedule lost"))
      scheduler.after(random.below(2_000), `${sealer} is due`, () => void invoke(sealer, {}));
    for (const [name] of Object.entries(sweepers).filter(([, each]) => isDue(each)))
      scheduler.after(random.below(2_000), `${name} is due`, () => void invoke(name, {}));
    scheduler.at(nextTick(), "a minute is over", tick);
  };
  const nextTick = (): number => {
    const next = Math.floor(scheduler.now() / minute + 1) * minute;
    if (!fates.isCalm || isUnsealed(table)) return next;
    const due = Math.min(...Object.values(sweepers).map(earliest));
    // Rows may become due that are not there yet, so an idle hour is the most that is skipped.
    return Math.max(next, Math.ceil(Math.min(due, next + 60 * minute) / minute) * minute);
  };
  scheduler.at(nextTick(), "a minute is over", tick);
  return startReconciling(world, async (scope) => {
    await invoke("reconciliation/reconcile-books", { scope });
    // In fair weather minutes are skipped, and the sealer is not: it takes what was put on record meanwhile.
    if (fates.isCalm && isUnsealed(table))
      scheduler.after(minute, `${sealer} is due`, () => void invoke(sealer, {}));
  });
};

/**
 * Comparing the books costs as much as all that went before, so only some schedules do it, every quarter of an hour
 * until all must be at rest, and in full once a day. Answers whether: only then may an event of Stripe be lost.
 */
const startReconciling = (
  { scheduler, random, fates }: World,
  compare: (scope: "recent" | "full") => Promise<void>,
): boolean => {
  if (!random.chance(reconciling)) return false;
  let quarters = 0;
  const quarter = () => {
    quarters += fates.isCalm ? 1 : 0;
    void compare("recent");
    if (quarters < 5) scheduler.after(15 * minute, "a quarter is over", quarter);
  };
  const day = () => {
    void compare("full");
    scheduler.after(24 * 60 * minute, "a day is over", day);
  };
  scheduler.after(15 * minute, "a quarter is over", quarter);
  scheduler.after(random.below(24 * 60 * minute), "a day is over", day);
  return true;
};

const reconciling = 0.15;

/** Whether the sealer would find something: what it has to do is due in no row. */
const isUnsealed = (table: MemoryTable): boolean => {
  const records = [...table.lookAll("audit")].length;
  const sealed = [...table.lookAll("seals")].flatMap(({ records: named }) => (named as unknown[]) ?? []);
  return records > sealed.length;
};

/**
 * Feeds and sites are looked at every five minutes for ever. What was done after the last change is done: another look
 * would find nothing. The margin is for clocks.
 */
const isDone = ({ pushedAt, failures, followed }: Row, changedAt: number): boolean => {
  const { readAt, walkedAt } = (followed ?? {}) as Partial<Followed>;
  const doneAt = failures === 0 ? Number(pushedAt) : Math.min(readAt ?? 0, walkedAt ?? 0);
  return doneAt > changedAt + 2 * ahead;
};
