import { allRows } from "#functions/runtime/all-rows.ts";
import { equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { StoreId } from "#functions/values/id.ts";
import { Store } from "./store.ts";

export type StoreStore = { get(storeId: StoreId): Promise<Store | undefined> };

export const storeStore = (table: Pick<Table, "get">): StoreStore => ({
  get: async (storeId) => {
    const row = await table.get("access", storeRow(storeId));
    return row && Store.parse(row);
  },
});

/** Every store there is, oldest first. One that cannot be read, of a newer release say, must not hide the others. */
export const listStores = async (
  table: Pick<Table, "get" | "query">,
): Promise<{ stores: Store[]; unread: string[] }> => {
  const keys = await allRows(table, "access", { index: "list", pk: listKey });
  const rows = await Promise.all(keys.map(({ pk, sk }) => table.get("access", { pk, sk })));
  const read = rows.map((row) => row && Store.safeParse(row).data);
  return {
    stores: read.filter((store) => store !== undefined),
    unread: rows.flatMap((row, index) => (row && !read[index] ? [row.pk] : [])),
  };
};

const listKey = "stores";
/** The query that finds every store's key. */
export const allStores = { index: "list", pk: listKey } as const;
const listed = (store: Store) => ({ ...store, list: listKey, listAt: store.createdAt });

const storeRow = (storeId: StoreId): Key => ({ pk: storeId, sk: "store" });

export const createdStore = (store: Store): Write => ({
  table: "access",
  key: storeRow(store.id),
  change: { put: listed(store) },
  condition: missing(),
});

/** Only over the very version that was read: what two change at once is not mixed. */
export const savedStore = (before: Store, after: Store): Write => ({
  table: "access",
  key: storeRow(after.id),
  change: { put: listed(after) },
  condition: equals("version", before.version),
});

/** The store's data key, wrapped: `privacy/store-keys.ts` reads it. */
export const createdStoreKey = (storeId: StoreId, wrapped: Uint8Array): Write => ({
  table: "access",
  key: { pk: storeId, sk: "store-key" },
  change: { put: { wrapped } },
  condition: missing(),
});
