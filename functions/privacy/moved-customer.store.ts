import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { days, type Instant } from "#functions/values/clock.ts";
import { CustomerId, type StoreId } from "#functions/values/id.ts";

/** How long a customer is found under an id that they had before their store's key was rotated. */
const kept = days(90);

const key = (storeId: StoreId, id: CustomerId): Key => ({ pk: `customer#${storeId}#${id}`, sk: "moved" });

/** Goes with each key that moves; all of a customer's say the same. */
export const movedCustomer = (
  storeId: StoreId,
  { from, to }: { from: CustomerId; to: CustomerId },
  now: Instant,
): Write => ({
  table: "people",
  key: key(storeId, from),
  change: { put: { customerId: to, expiresAtSeconds: Math.ceil((now + kept) / 1_000) } },
});

export const forgottenMove = (storeId: StoreId, from: CustomerId): Write => ({
  table: "people",
  key: key(storeId, from),
  change: { remove: true },
});

/** Where whoever had this id has gone; `undefined`: nowhere. */
export const movedTo = async (
  table: Pick<Table, "get">,
  storeId: StoreId,
  id: CustomerId,
): Promise<CustomerId | undefined> =>
  CustomerId.safeParse((await table.get("people", key(storeId, id)))?.["customerId"]).data;
