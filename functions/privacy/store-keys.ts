import type { Table } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { readStoreKey } from "./store-key.store.ts";
import { type StoreKey, storeKeyKept } from "./store-key.ts";

/** What wraps store keys: KMS. Bound to the store, so a wrapped key that was moved to another store opens nothing. */
export type KeyWrapper = {
  generate(storeId: StoreId): Promise<Uint8Array>;
  unwrap(storeId: StoreId, wrapped: Uint8Array): Promise<Uint8Array>;
  /** The same key under the KMS key that is current; `undefined`: it is already. */
  rewrap(storeId: StoreId, wrapped: Uint8Array): Promise<Uint8Array | undefined>;
};

/** A store's key, opened: one version seals, all of them open what they sealed. */
export type KeyRing = {
  readonly current: { readonly version: number; readonly key: Uint8Array };
  /** Opened when it is needed, and newer ones among them. */
  readonly others: readonly { readonly version: number; readonly key: () => Promise<Uint8Array> }[];
};

export type StoreKeyOf = (storeId: StoreId) => Promise<KeyRing>;

/** The opened key of a store, from memory or by one call to KMS; calls that meet share it. */
export const storeKeys = (on: {
  table: Pick<Table, "get">;
  wrapper: Pick<KeyWrapper, "unwrap">;
  now: Clock;
}): StoreKeyOf => {
  const kept = new Map<StoreId, { readonly ring: Promise<KeyRing>; readonly until: Instant }>();

  const open = async (storeId: StoreId): Promise<KeyRing> =>
    ringOf(await readStoreKey(on.table, storeId), (wrapped) => on.wrapper.unwrap(storeId, wrapped));

  return (storeId) => {
    const now = on.now();
    for (const [id, entry] of kept) if (entry.until <= now) kept.delete(id);
    const found = kept.get(storeId);
    if (found) return found.ring;
    const ring = open(storeId);
    kept.set(storeId, { ring, until: now + storeKeyKept });
    // A failure must not be remembered; the caller gets it from `ring` itself.
    ring.catch(() => kept.delete(storeId));
    return ring;
  };
};

type Unwrap = (wrapped: Uint8Array) => Promise<Uint8Array>;

export const ringOf = async ({ versions, current }: StoreKey, unwrap: Unwrap): Promise<KeyRing> => {
  const seals = versions.find(({ version }) => version === current);
  if (!seals) throw new Error("the current version of a store's key is not among its versions");
  const others = versions
    .filter(({ version }) => version !== current)
    .map(({ version, wrapped }) => ({ version, key: openedOnce(() => unwrap(wrapped)) }));
  return { current: { version: current, key: await unwrap(seals.wrapped) }, others };
};

/** Once for whoever asks; a failure is not remembered. */
const openedOnce = (open: () => Promise<Uint8Array>) => {
  let opened: Promise<Uint8Array> | undefined;
  return (): Promise<Uint8Array> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
};
