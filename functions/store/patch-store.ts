import { z } from "zod";
import type { Answer } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { unfixedCurrency } from "./currency.store.ts";
import { callersStore, type ShowsStore, showStore } from "./get-store.ts";
import { type StoreStore, savedStore } from "./store.store.ts";
import { changed, type Store, StoreSettings } from "./store.ts";
import { usedAccount } from "./stripe-account.store.ts";

const { support, privacyParagraph, stripeAccount, stripeProfile, threeDSecure, retention } =
  StoreSettings.shape;

/** Each setting given replaces the whole of it; `null` clears one that a store can do without. */
export const StorePatch = z.strictObject({
  ...StoreSettings.partial().shape,
  support: support.nullable(),
  privacyParagraph: privacyParagraph.nullable(),
  stripeAccount: stripeAccount.nullable(),
  stripeProfile: stripeProfile.nullable(),
  threeDSecure: threeDSecure.nullable(),
  retention: retention.nullable(),
});
export type StorePatch = z.infer<typeof StorePatch>;

/**
 * Changes the caller's store. Its mode never changes, its currency not once it has products: their prices are
 * numbers in that currency.
 */
export const patchStore =
  (on: ShowsStore & { stores: StoreStore; table: Pick<Table, "commit">; now: Clock }) =>
  async ({ caller, body }: { caller: Caller; body: StorePatch }): Promise<Answer> => {
    const before = await callersStore(on.stores, caller);
    const after = patched(before, body, on.now());
    const lost = await tryCommit(on.table, [
      savedStore(before, after),
      ...(after.stripeAccount === before.stripeAccount ? [] : [usedAccount(after)]),
      ...(after.currency === before.currency ? [] : [unfixedCurrency(before.id)]),
    ]);
    if (lost.some(({ table }) => table === "commerce")) {
      throw new Refusal("conflict", "The currency can't change once the store has products.", {
        param: "$.currency",
      });
    }
    if (lost.length > 0) {
      throw new Refusal("conflict", "The store was changed at the same time; read it and try again.");
    }
    return { status: 200, body: await showStore(on, after) };
  };

const patched = (store: Store, patch: StorePatch, now: number): Store => {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const settings = Object.fromEntries(given.map(([name, value]) => [name, value ?? undefined]));
  return changed(store, settings, now);
};
