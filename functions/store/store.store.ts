import { equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { StoreId } from "#functions/values/id.ts";
import type { Domain } from "./domain.ts";
import { Store } from "./store.ts";

export type StoreStore = { get(storeId: StoreId): Promise<Store | undefined> };

export const storeStore = (table: Pick<Table, "get">): StoreStore => ({
  get: async (storeId) => {
    const row = await table.get("access", storeRow(storeId));
    return row && Store.parse(row);
  },
});

const storeRow = (storeId: StoreId): Key => ({ pk: storeId, sk: "store" });

export const createdStore = (store: Store): Write => ({
  table: "access",
  key: storeRow(store.id),
  change: { put: store },
  condition: missing(),
});

/** Only over the very version that was read: what two change at once is not mixed. */
export const savedStore = (before: Store, after: Store): Write => ({
  table: "access",
  key: storeRow(after.id),
  change: { put: after },
  condition: equals("version", before.version),
});

/** The store's data key, wrapped: `privacy/store-keys.ts` reads it. */
export const createdStoreKey = (storeId: StoreId, wrapped: Uint8Array): Write => ({
  table: "access",
  key: { pk: storeId, sk: "store-key" },
  change: { put: { wrapped } },
  condition: missing(),
});

export const createdDomain = (storeId: StoreId, domain: Domain): Write => ({
  table: "access",
  key: { pk: storeId, sk: `domain#${domain.host}` },
  change: { put: domain },
  condition: missing(),
});
