import type { Instant } from "#functions/values/clock.ts";
import type { StoredKey } from "./stored-key.ts";

/** The fact of the version that the key's row gets with it. */
export const keyFact = (key: StoredKey, now: Instant) => ({
  storeId: key.storeId,
  livemode: key.livemode,
  subject: `key:${key.publicId}` as const,
  version: key.version + 1,
  occurredAt: now,
});
