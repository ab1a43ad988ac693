import type { Key, Table } from "#functions/runtime/table.ts";
import { type Clock, type Instant, minutes } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";

/** What wraps store keys: KMS. Bound to the store, so a wrapped key that was moved to another store opens nothing. */
export type KeyWrapper = {
  generate(storeId: StoreId): Promise<Uint8Array>;
  unwrap(storeId: StoreId, wrapped: Uint8Array): Promise<Uint8Array>;
};

export type StoreKeyOf = (storeId: StoreId) => Promise<Uint8Array>;

/** Holds the wrapped key as `wrapped`; written by `create-store`. */
export const storeKeyRow = (storeId: StoreId): Key => ({ pk: storeId, sk: "store-key" });

/** How long an opened store key stays in memory: KMS is then not called per order, and a disabled key still bites. */
const keptFor = minutes(5);

/** The opened key of a store, from memory or by one call to KMS; calls that meet share it. */
export const storeKeys = (on: {
  table: Pick<Table, "get">;
  wrapper: Pick<KeyWrapper, "unwrap">;
  now: Clock;
}): StoreKeyOf => {
  const kept = new Map<StoreId, { readonly key: Promise<Uint8Array>; readonly until: Instant }>();

  const open = async (storeId: StoreId): Promise<Uint8Array> => {
    const row = await on.table.get("access", storeKeyRow(storeId));
    if (!(row?.["wrapped"] instanceof Uint8Array)) throw new Error(`store ${storeId} has no key`);
    return on.wrapper.unwrap(storeId, row["wrapped"]);
  };

  return (storeId) => {
    const now = on.now();
    for (const [id, entry] of kept) if (entry.until <= now) kept.delete(id);
    const found = kept.get(storeId);
    if (found) return found.key;
    const key = open(storeId);
    kept.set(storeId, { key, until: now + keptFor });
    // A failure must not be remembered; the caller gets it from `key` itself.
    key.catch(() => kept.delete(storeId));
    return key;
  };
};
