import { missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { KeyDestroyed, type Subject } from "./envelope.ts";

export const checkoutKeyRow = ({ storeId, checkoutId }: Subject): Key => ({
  pk: `${storeId}#${checkoutId}`,
  sk: "key",
});

/** `wrapped`: the checkout key, encrypted under its store's key. */
export const createdCheckoutKey = (subject: Subject, wrapped: Uint8Array): Write => ({
  table: "people",
  key: checkoutKeyRow(subject),
  change: { put: { wrapped } },
  condition: missing(),
});

/**
 * For the write that ends a checkout without an order: what it sealed becomes unreadable then, in backups too.
 * Without a condition: of a destroyed key this leaves a row without one, which opens nothing either.
 */
export const expiringCheckoutKey = (subject: Subject, at: Instant): Write => ({
  table: "people",
  key: checkoutKeyRow(subject),
  change: { set: { expiresAtSeconds: Math.ceil(at / 1_000) } },
});

/** Erases: every copy of every message of this checkout and its order becomes unreadable. */
export const destroyedCheckoutKey = (subject: Subject): Write => ({
  table: "people",
  key: checkoutKeyRow(subject),
  change: { remove: true },
});

/** Read on every use and never cached, so that an erasure holds at once. */
export const wrappedCheckoutKey = async (
  table: Pick<Table, "get">,
  subject: Subject,
): Promise<Uint8Array> => {
  const row = await table.get("people", checkoutKeyRow(subject));
  if (!(row?.["wrapped"] instanceof Uint8Array))
    throw new KeyDestroyed("the personal data of this checkout was erased");
  return row["wrapped"];
};
