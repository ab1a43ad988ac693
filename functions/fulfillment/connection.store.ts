import { equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { Connection, type ShopSettings } from "./connection.ts";

export type ConnectionStore = { get(storeId: StoreId): Promise<Connection | undefined> };

export const connectionStore = (table: Pick<Table, "get">): ConnectionStore => ({
  get: async (storeId) => {
    const row = await table.get("access", keyOf(storeId));
    return row && Connection.parse(row);
  },
});

const keyOf = (storeId: StoreId): Key => ({ pk: storeId, sk: "connector" });
const at = (storeId: StoreId) => ({ table: "access", key: keyOf(storeId) }) as const;

/** Refused where somebody has connected or disconnected the store meanwhile. */
export const savedConnection = (before: Connection | undefined, after: Connection): Write => ({
  ...at(after.storeId),
  change: { put: { ...after } },
  condition: before ? equals("createdAt", before.createdAt) : missing(),
});

export const removedConnection = ({ storeId, createdAt }: Connection): Write => ({
  ...at(storeId),
  change: { remove: true },
  condition: equals("createdAt", createdAt),
});

export const notedSettings = ({ storeId, createdAt }: Connection, settings: ShopSettings): Write => ({
  ...at(storeId),
  change: { set: { settings } },
  condition: equals("createdAt", createdAt),
});

export const usedConnection = ({ storeId, createdAt }: Connection, now: Instant): Write => ({
  ...at(storeId),
  change: { set: { lastUsedAt: now } },
  condition: equals("createdAt", createdAt),
});
