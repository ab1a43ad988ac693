import { createHmac, hkdfSync } from "node:crypto";
import { type CustomerId, newId, type StoreId } from "#functions/values/id.ts";

/**
 * A store's customer by e-mail address: an HMAC under a key that follows from the store's key and nothing else, cut to
 * 128 bits. Whoever has no store key can neither guess an address from it nor compare two stores; a new store key means
 * new ids (`rebuildCustomers`).
 */
export const customerIdOf = (storeKey: Uint8Array, storeId: StoreId, email: string): CustomerId => {
  const key = Buffer.from(hkdfSync("sha256", storeKey, storeId, "customer-index", 32));
  const index = createHmac("sha256", key).update(normalized(email)).digest();
  return newId("cust", (count) => index.subarray(0, count));
};

/** Case and stray blanks name nobody else; dots and `+tags` might, so they stay. */
export const normalized = (email: string): string => email.normalize("NFKC").trim().toLowerCase();
