import { destroyedCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { maxWrites, type Table } from "#functions/runtime/table.ts";
import { everErased } from "./erasure.store.ts";

/**
 * Destroys in a restored copy of `people` every key that was ever erased, before anybody can reach the copy. `ledger`
 * is the table `erasures` as it is now: it is never restored. Safe to repeat; answers how many keys it went through.
 */
export const reapplyErasures = async (on: {
  ledger: Pick<Table, "query">;
  copy: Pick<Table, "commit">;
}): Promise<number> => {
  const erased = await everErased(on.ledger);
  const once = [...new Map(erased.map((subject) => [subject.checkoutId, subject])).values()];
  for (let start = 0; start < once.length; start += maxWrites)
    await on.copy.commit(once.slice(start, start + maxWrites).map(destroyedCheckoutKey));
  return once.length;
};
