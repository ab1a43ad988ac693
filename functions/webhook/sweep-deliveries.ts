import { dueRows } from "#functions/runtime/due-rows.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { type Key, type Row, tryCommit } from "#functions/runtime/table.ts";
import { type Instant, minutes, seconds } from "#functions/values/clock.ts";
import { lookedAtLater, restedRow } from "./delivery.store.ts";
import { Delivery } from "./delivery.ts";
import { type RunsReplays, runReplay } from "./run-replay.ts";
import { type WarnsOwners, warnOwner } from "./warn-owner.ts";

const limits = { perShard: 100, pages: 50, time: seconds(40), again: minutes(5) } as const;

type Sweep = WarnsOwners & RunsReplays & { readonly log: Log };

/**
 * Wakes the sender for every delivery that is due: those whose wait was longer than the queue can delay, those
 * whose wake-up was lost, those whose sender died. First the wake-up, then the row: a crash wakes twice, never not.
 * Among them are replays, which are gone on with, and endpoints that have failed for long, whose owners are told.
 */
export const sweepDeliveries = (on: Sweep) => async (): Promise<number> => {
  const until = on.now() + limits.time;
  let count = 0;
  for (let page = 0; page < limits.pages && on.now() < until; page += 1) {
    const looked = await sweepPage(on, until);
    if (looked === 0) break;
    count += looked;
  }
  return count;
};

const sweepPage = async (on: Sweep, until: Instant): Promise<number> => {
  const keys = await dueRows(on.table, {
    table: "webhooks",
    kind: "delivery",
    now: on.now(),
    limitPerShard: limits.perShard,
  });
  const rows = await Promise.all(keys.map((key) => dueRow(on, key)));
  const due = rows.filter((row) => row !== undefined);
  await wakeAll(on, due.filter(isDelivery));
  await Promise.all(due.filter((row) => !isDelivery(row)).map((row) => goOn(on, row, until)));
  return due.length;
};

/** The index lags: by now it may be over, or looked at already. */
const dueRow = async (on: Sweep, key: Key): Promise<Row | undefined> => {
  const row = await on.table.get("webhooks", key);
  return row?.["due"] !== undefined && Number(row["dueAt"]) <= on.now() ? row : undefined;
};

const isDelivery = ({ sk }: Row): boolean => sk === "delivery";

const wakeAll = async (on: Sweep, rows: readonly Row[]): Promise<void> => {
  const read = await Promise.all(rows.map((row) => readOrRest(on, row)));
  const overdue = read.filter((delivery) => delivery !== undefined);
  await on.wake(overdue, 0);
  const later = on.now() + limits.again;
  await Promise.all(overdue.map((delivery) => tryCommit(on.table, [lookedAtLater(delivery, later)])));
};

const readOrRest = async (on: Sweep, row: Row): Promise<Delivery | undefined> => {
  const parsed = Delivery.safeParse(row);
  if (!parsed.success) await rest(on, row, parsed.error);
  return parsed.data;
};

const goOn = async (on: Sweep, row: Row, until: Instant): Promise<void> => {
  try {
    await (row.sk === "pace" ? warnOwner(on)(row) : runReplay(on)(row, until));
  } catch (error) {
    await rest(on, row, error);
  }
};

/** One that cannot be read, of a newer release say, or that fails: it must not end every run at itself. */
const rest = async (on: Sweep, { pk, sk }: Row, error: unknown): Promise<void> => {
  on.log.error(`a due ${sk} could not be moved on`, error);
  await tryCommit(on.table, [restedRow({ pk, sk }, on.now() + limits.again)]);
};
