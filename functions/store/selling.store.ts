import { missing } from "#functions/runtime/condition.ts";
import type { Key, Write } from "#functions/runtime/table.ts";
import { alphabet, type CheckoutId, type StoreId } from "#functions/values/id.ts";
import { savedStore } from "./store.store.ts";
import { type Store, sells } from "./store.ts";

/**
 * Who begins a session has read the store a moment before; by its write the store may sell no longer. So a store that
 * stops selling puts up a fence in the same transaction, and each new session's transaction demands that none stands.
 * In 32 pieces, of which a session looks at its own: transactions that look at one row at the same time get in each
 * other's way, and all sessions of a store would.
 */
const fence = (storeId: StoreId, piece: string): Key => ({ pk: `${storeId}#fence#${piece}`, sk: "fence" });

/** Beside a session that is begun. */
export const stillSells = (storeId: StoreId, checkoutId: CheckoutId): Write => ({
  table: "access",
  key: fence(storeId, checkoutId.charAt("chk_".length)),
  change: { check: true },
  condition: missing(),
});

/** The store with another standing or other domains: the one way to change what `sells` looks at. */
export const savedStanding = (before: Store, after: Store): Write[] => {
  return [savedStore(before, after), ...(sells(before) === sells(after) ? [] : fencesOf(after))];
};

/** Up or down, as the store stands. */
export const fencesOf = (store: Store): Write[] => {
  const change = sells(store) ? { remove: true as const } : { put: {} };
  return [...alphabet].map((piece) => ({ table: "access", key: fence(store.id, piece), change }));
};
