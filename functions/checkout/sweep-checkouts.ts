import { dueRows } from "#functions/runtime/due-rows.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { type Key, type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { endedCheckout } from "./checkout.store.ts";
import { Checkout, moved, nextLook } from "./checkout.ts";
import type { CompletionInput } from "./completion.ts";
import { expiredEvent } from "./settle-checkout.ts";

type Sweeps = {
  table: Pick<Table, "get" | "query" | "commit">;
  /** Starts a run without waiting for it. */
  beginRun: (input: CompletionInput) => Promise<void>;
  now: Clock;
  log: Log;
};

/** A minute's share; what is left is still due in the next one. */
const limitPerShard = 50;

/**
 * Moves on every checkout that nobody else will: idle ones expire; one whose run died, whose payment is unknown or
 * whose buyer did not authenticate gets a new run, which takes it over. Answers how many it looked at.
 */
export const sweepCheckouts = (on: Sweeps) => async (): Promise<number> => {
  const keys = await dueRows(on.table, { table: "commerce", kind: "checkout", now: on.now(), limitPerShard });
  for (const key of keys) await sweepOne(on, key);
  return keys.length;
};

/** One that fails must not keep the others waiting; it is due again in the next run. */
const sweepOne = async (on: Sweeps, key: Key): Promise<void> => {
  try {
    const row = await on.table.get("commerce", key);
    if (row) await moveOn(on, Checkout.parse(row));
  } catch (error) {
    on.log.error("a due checkout could not be moved on", error);
  }
};

const moveOn = async (on: Sweeps, checkout: Checkout): Promise<void> => {
  const now = on.now();
  if ((nextLook(checkout) ?? Number.POSITIVE_INFINITY) > now) return;
  if (checkout.status === "open" || checkout.status === "ready") {
    const after = moved(checkout, "expired", now);
    await tryCommit(on.table, [...endedCheckout(checkout, after), expiredEvent(after, now)]);
    return;
  }
  await on.beginRun({ storeId: checkout.storeId, checkoutId: checkout.id });
};
