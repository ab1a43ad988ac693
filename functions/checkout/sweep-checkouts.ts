import type { Log } from "#functions/runtime/logger.ts";
import { sweepDue } from "#functions/runtime/sweep-due.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
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

/**
 * Moves on every checkout that nobody else will: idle ones expire; one whose run died, whose payment is unknown or
 * whose buyer did not authenticate gets a new run, which takes it over.
 */
export const sweepCheckouts = (on: Sweeps) => (): Promise<number> =>
  sweepDue(on, { table: "commerce", kind: "checkout" }, (row) => moveOn(on, Checkout.parse(row)));

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
