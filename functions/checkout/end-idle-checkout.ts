import { type Key, type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { checkoutAt, endedCheckout } from "./checkout.store.ts";
import { type Checkout, isFinal, isMidWay, moved } from "./checkout.ts";

/**
 * Cancels a session that nobody is completing, because its store sells no longer. Answers the checkout as it is then;
 * nothing, where it was over before. One that is mid-way is left to its run.
 */
export const endIdleCheckout =
  (on: { table: Pick<Table, "get" | "commit">; now: Clock }) =>
  async (key: Key): Promise<Checkout | undefined> => {
    const before = await checkoutAt(on.table, key);
    if (!before || isFinal(before.status)) return undefined;
    if (isMidWay(before.status)) return before;
    const after = moved(before, "canceled", on.now(), { messages: [] });
    const lost = await tryCommit(on.table, endedCheckout(before, after));
    // Somebody was faster: it may have ended, or begun to be paid.
    return lost.length > 0 ? endIdleCheckout(on)(key) : after;
  };
