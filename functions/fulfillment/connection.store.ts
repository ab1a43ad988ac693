import { all, equals, missing } from "#functions/runtime/condition.ts";
import { dueAt } from "#functions/runtime/due.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { goneAfterClosing } from "#functions/store/retention.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { Connection, type Followed, isFollowed, type ShopSettings } from "./connection.ts";
import type { Receiver } from "./receiver.ts";

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
  change: { put: { ...after, ...(isFollowed(after) && shopDue(after, after.createdAt)) } },
  condition: before ? equals("createdAt", before.createdAt) : missing(),
});

export const removedConnection = ({ storeId, createdAt }: Connection): Write => ({
  ...at(storeId),
  change: { remove: true },
  condition: equals("createdAt", createdAt),
});

/** Its store is closed: orders that are under way run to their end, and it goes with its secret. The first time counts. */
export const expiringConnection = ({ storeId, createdAt }: Connection, now: Instant): Write => ({
  ...at(storeId),
  change: { set: goneAfterClosing(now) },
  condition: all(equals("createdAt", createdAt), missing("expiresAtSeconds")),
});

export const notedSettings = ({ storeId, createdAt }: Connection, settings: ShopSettings): Write => ({
  ...at(storeId),
  change: { set: { settings } },
  condition: equals("createdAt", createdAt),
});

/** Refused where somebody has rolled or replaced it meanwhile. */
export const rolledConnection = (before: Connection, secrets: Connection["secrets"]): Write => ({
  ...at(before.storeId),
  change: { set: { secrets, rolls: before.rolls + 1 } },
  condition: all(equals("createdAt", before.createdAt), equals("rolls", before.rolls)),
});

export const notedReceiver = ({ storeId, createdAt }: Connection, receiver: Receiver): Write => ({
  ...at(storeId),
  change: { set: { receiver } },
  condition: equals("createdAt", createdAt),
});

const shopDue = ({ storeId }: Pick<Connection, "storeId">, at: Instant) => dueAt("shop", storeId, at);

/** Two never follow one shop at once. */
export const claimedShop = (connection: Connection, seen: Instant, until: Instant): Write => ({
  ...at(connection.storeId),
  change: { set: shopDue(connection, until) },
  condition: all(equals("createdAt", connection.createdAt), equals("dueAt", seen)),
});

/** Whoever was slower than its claim leaves the cursor to the next. */
export const followedShop = (
  connection: Connection,
  { claimedUntil, followed, next }: { claimedUntil: Instant; followed: Followed; next: Instant },
): Write => ({
  ...at(connection.storeId),
  change: { set: { followed, ...shopDue(connection, next) } },
  condition: all(equals("createdAt", connection.createdAt), equals("dueAt", claimedUntil)),
});

export const usedConnection = ({ storeId, createdAt }: Connection, now: Instant): Write => ({
  ...at(storeId),
  change: { set: { lastUsedAt: now } },
  condition: equals("createdAt", createdAt),
});
