import { allRows } from "#functions/runtime/all-rows.ts";
import { equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { days, type Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { Store } from "./store.ts";
import { Storefront, storefrontVersion } from "./storefront.ts";

export type StoreStore = {
  get(storeId: StoreId): Promise<Store | undefined>;
  /** One that it has no longer; kept while an answer that shows it may be repeated. */
  formerStorefront(storeId: StoreId, version: string): Promise<Storefront | undefined>;
};

export const storeStore = (table: Pick<Table, "get">): StoreStore => ({
  get: async (storeId) => {
    const row = await table.get("access", storeRow(storeId));
    return row && Store.parse(row);
  },
  formerStorefront: async (storeId, version) => {
    const row = await table.get("access", storefrontRow(storeId, version));
    return row && Storefront.parse(row);
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

const storefrontRow = (storeId: StoreId, version: string): Key => ({
  pk: storeId,
  sk: `storefront#${version}`,
});

/** Longer than an answer that shows it can be repeated: the last is given a session later and kept 30 days. */
const storefrontKept = days(90);

/** Beside the change that replaces it. Its key is its digest, so writing it again changes nothing but its end. */
export const replacedStorefront = (before: Store, now: Instant): Write => ({
  table: "access",
  key: storefrontRow(before.id, storefrontVersion(before)),
  change: {
    put: { ...Storefront.parse(before), expiresAtSeconds: Math.ceil((now + storefrontKept) / 1_000) },
  },
});

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
