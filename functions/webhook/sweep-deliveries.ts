import { dueRows } from "#functions/runtime/due-rows.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { type Key, type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, minutes, seconds } from "#functions/values/clock.ts";
import { lookedAtLater, restedRow } from "./delivery.store.ts";
import { Delivery } from "./delivery.ts";
import type { WakeSender } from "./wake-sender.ts";

const limits = { perShard: 100, pages: 50, time: seconds(40), again: minutes(5) } as const;

type Sweep = { readonly table: Table; readonly wake: WakeSender; readonly now: Clock; readonly log: Log };

/**
 * Wakes the sender for every delivery that is due: those whose wait was longer than the queue can delay, those
 * whose wake-up was lost, those whose sender died. First the wake-up, then the row: a crash wakes twice, never not.
 */
export const sweepDeliveries = (on: Sweep) => async (): Promise<number> => {
  const until = on.now() + limits.time;
  let count = 0;
  for (let page = 0; page < limits.pages && on.now() < until; page += 1) {
    const woken = await wakeAll(on);
    if (woken === 0) break;
    count += woken;
  }
  return count;
};

const wakeAll = async (on: Sweep): Promise<number> => {
  const now = on.now();
  const keys = await dueRows(on.table, {
    table: "webhooks",
    kind: "delivery",
    now,
    limitPerShard: limits.perShard,
  });
  const read = await Promise.all(keys.map((key) => readOrRest(on, key)));
  const overdue = read.filter((delivery) => delivery !== undefined);
  await on.wake(overdue, 0);
  await Promise.all(
    overdue.map((delivery) => tryCommit(on.table, [lookedAtLater(delivery, now + limits.again)])),
  );
  return overdue.length;
};

/** The index lags: by now it may be over, or looked at already. */
const readOrRest = async (on: Sweep, key: Key): Promise<Delivery | undefined> => {
  const row = await on.table.get("webhooks", key);
  const parsed = Delivery.safeParse(row);
  if (row && !parsed.success) {
    // A row of a newer release, say: it must not end every run at itself.
    on.log.error("a delivery cannot be read", parsed.error);
    await tryCommit(on.table, [restedRow(key, on.now() + limits.again)]);
  }
  return row?.["due"] !== undefined && Number(row["dueAt"]) <= on.now() ? parsed.data : undefined;
};
