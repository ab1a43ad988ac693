import { createHmac, hkdfSync } from "node:crypto";
import type { StoreId } from "#functions/values/id.ts";

/**
 * What two mentions of one text have in common within a store and a day, and with no other: an HMAC under a key that
 * follows from a secret one, the store and the day (`2026-11-27`, UTC). To count by for hours, and kept no longer.
 */
export const dayMarkOf = (secretKey: Uint8Array, storeId: StoreId, day: string, text: string): string => {
  const key = Buffer.from(hkdfSync("sha256", secretKey, storeId, `day-mark ${day}`, 32));
  return createHmac("sha256", key).update(text).digest("hex").slice(0, 32);
};
