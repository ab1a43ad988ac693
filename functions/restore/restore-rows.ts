import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Actor, Reason } from "#functions/audit/audit.ts";
import { reapplyErasures } from "#functions/customer/reapply-erasures.ts";
import { Time } from "#functions/operator/times.ts";
import { type CopyOf, type Table, type TableCopy, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, seconds, toIso } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type BringsBack, bringBack, tallied } from "./bring-back.ts";
import { copyEnding, type Part, parts } from "./copy.ts";
import { lookBack } from "./look-back.ts";
import type { Progress } from "./progress.ts";
import { readProgress, savedProgress } from "./restore.store.ts";

export const RestoreRows = z.strictObject({
  to: Time,
  reason: Reason,
  /** What `verify-audit` says of the records once theirs are back. */
  audit: z.enum(["whole", "broken"]),
  /** From the answer to the call before; a first call begins again where one had come to its end. */
  cursor: z.strictObject({}).optional(),
});
export type RestoreRows = z.infer<typeof RestoreRows>;

export const RestoreRecords = RestoreRows.omit({ audit: true });

export type Restores = Omit<BringsBack, "since"> & { table: Table; copyOf: CopyOf; now: Clock };

/** What one call copies; the next goes on. */
const limits = { time: seconds(15), page: 100 } as const;

/**
 * Puts back what is in the copy and no longer here. Nothing that lives is written over; who was erased is destroyed in
 * the copy before the first row of it is read, and here once more after the last. Each page is safe to repeat, and what
 * was copied is in a row: a call that dies is simply made again.
 */
export const restoreRows =
  (on: Restores, part: Part = "rows") =>
  async ({ audit, ...command }: RestoreRows, actor: Actor): Promise<object> => {
    const until = on.now() + limits.time;
    const copy = on.copyOf(copyEnding(command.to));
    const since = await lookBack(on, { to: command.to, isWhole: audit === "whole" });
    let progress = await begin(on, { ...command, part }, actor);
    if (part === "rows") await reapplyErasures({ ledger: on.table, copy });
    while (progress.doneAt === undefined && on.now() < until)
      progress = await goOn({ ...on, since }, copy, progress, { ...command, actor });
    const { looked, back, unread, doneAt } = progress;
    const counts = { looked, back, unread };
    return doneAt === undefined ? { done: false, ...counts, cursor: {} } : { done: true, ...counts };
  };

/** The records come first: what they say decides how the rest comes back. */
export const restoreRecords =
  (on: Restores) =>
  (command: z.infer<typeof RestoreRecords>, actor: Actor): Promise<object> =>
    restoreRows(on, "records")({ ...command, audit: "whole" }, actor);

type Asked = Omit<RestoreRows, "audit"> & { part: Part };

/** A run that another call began, or a new one, on record. */
const begin = async (on: Restores, { to, part, reason, cursor }: Asked, actor: Actor): Promise<Progress> => {
  const before = await readProgress(on.table, { to, part });
  if (before && (cursor || before.doneAt === undefined)) return before;
  const version = (before?.version ?? 0) + 1;
  const first: Progress = { to, part, version, at: 0, looked: 0, back: 0, unread: 0 };
  const act = { action: "restore.begun", actor, reason, decidedBy: "iam" } as const;
  await save(on, before, first, [recordedAct({ ...act, at: on.now(), about: { to: toIso(to), part } })]);
  return first;
};

const goOn = async (
  on: Restores & BringsBack,
  copy: TableCopy,
  before: Progress,
  by: { actor: Actor; reason: string },
): Promise<Progress> => {
  const name = parts[before.part][before.at];
  if (name === undefined) return finish(on, before, by);
  const after = before.after as Parameters<TableCopy["scan"]>[1]["after"];
  const { rows, next } = await copy.scan(name, { limit: limits.page, ...(after && { after }) });
  const came = await Promise.all(rows.map((row) => bringBack(on, name, row)));
  const progress: Progress = {
    ...before,
    ...tallied(before, came),
    version: before.version + 1,
    at: next ? before.at : before.at + 1,
    after: next as Progress["after"],
  };
  await save(on, before, progress);
  return progress;
};

const finish = async (
  on: Restores,
  before: Progress,
  { actor, reason }: { actor: Actor; reason: string },
): Promise<Progress> => {
  if (before.part === "rows") await reapplyErasures({ ledger: on.table, copy: on.table });
  const after = { ...before, version: before.version + 1, doneAt: on.now() };
  const { to, part, looked, back, unread } = after;
  const about = { to: toIso(to), part, looked: `${looked}`, back: `${back}`, unread: `${unread}` };
  const act = { action: "restore.done", actor, reason, decidedBy: "iam" } as const;
  await save(on, before, after, [recordedAct({ ...act, at: on.now(), about })]);
  return after;
};

const save = async (
  on: Restores,
  before: Progress | undefined,
  after: Progress,
  beside: ReturnType<typeof recordedAct>[] = [],
): Promise<void> => {
  const lost = await tryCommit(on.table, [savedProgress(before, after), ...beside]);
  if (lost.length > 0) throw new Refusal("conflict", "Another call restores to the same time just now.");
};
