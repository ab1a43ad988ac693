import { createHmac, hkdfSync } from "node:crypto";
import type { StoreId } from "#functions/values/id.ts";

/**
 * What two mentions of one name have in common within a store: an HMAC under a key that follows from the store's key and
 * what the name is of. Whoever has no store key can neither guess a name from it nor compare two stores.
 */
export const nameMarkOf = (storeKey: Uint8Array, storeId: StoreId, of: string, name: string): Uint8Array => {
  const key = Buffer.from(hkdfSync("sha256", storeKey, storeId, `name-mark ${of}`, 32));
  return new Uint8Array(createHmac("sha256", key).update(name).digest());
};
