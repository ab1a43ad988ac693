import { all, exists, missing, oneOf } from "#functions/runtime/condition.ts";
import type { Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { keyRow } from "./license-key.store.ts";

const storeIs = (storeId: StoreId, ...statuses: readonly string[]): Write => ({
  table: "access",
  key: { pk: storeId, sk: "store" },
  change: { check: true },
  condition: oneOf("status", statuses),
});

/**
 * Keys of a store that was stopped open nothing: said in each key's own row, since that is all that the authorizer
 * reads. Whatever else a key is stays as it is, for the day that the store goes on. Refused where the store goes on.
 */
export const stoppedKeys = (storeId: StoreId, publicIds: readonly string[], now: Instant): Write[] => [
  storeIs(storeId, "suspended", "closed"),
  ...publicIds.map(
    (publicId): Write => ({
      table: "access",
      key: keyRow(publicId),
      change: { set: { storeStoppedAt: now } },
      condition: all(exists(), missing("storeStoppedAt")),
    }),
  ),
];

/** The store goes on, and its keys open what they did; refused where it was stopped again. */
export const resumedKeys = (storeId: StoreId, publicIds: readonly string[]): Write[] => [
  storeIs(storeId, "active"),
  ...publicIds.map(
    (publicId): Write => ({
      table: "access",
      key: keyRow(publicId),
      change: { set: { storeStoppedAt: undefined } },
      condition: exists("storeStoppedAt"),
    }),
  ),
];
