import { equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { StoreId } from "#functions/values/id.ts";
import { StoreKey } from "./store-key.ts";

export const storeKeyRow = (storeId: StoreId): Key => ({ pk: storeId, sk: "store-key" });

export const readStoreKey = async (table: Pick<Table, "get">, storeId: StoreId): Promise<StoreKey> => {
  const row = await table.get("access", storeKeyRow(storeId));
  if (!row) throw new Error(`store ${storeId} has no key`);
  return StoreKey.parse(row);
};

export const createdStoreKey = (storeId: StoreId, key: StoreKey): Write => ({
  table: "access",
  key: storeKeyRow(storeId),
  change: { put: { ...key } },
  condition: missing(),
});

/** Refused where somebody has written since. */
export const savedStoreKey = (storeId: StoreId, before: StoreKey, after: StoreKey): Write => ({
  table: "access",
  key: storeKeyRow(storeId),
  change: { put: { ...after } },
  condition: equals("revision", before.revision),
});
