import { equals, exists, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";

/** The switch of all stores at once: one that is created while it is thrown is created without tokens. */
const allStores: Key = { pk: "deployment", sk: "tokens" };

/** Since when no store's tokens are used. */
export const allTokensKilledAt = async (table: Pick<Table, "get">): Promise<Instant | undefined> => {
  const row = await table.get("access", allStores);
  return row?.["killedAt"] as Instant | undefined;
};

export const killedAllTokens = (now: Instant): Write => ({
  table: "access",
  key: allStores,
  change: { set: { killedAt: now } },
  condition: missing("killedAt"),
});

export const acceptedAllTokens = (): Write => ({
  table: "access",
  key: allStores,
  change: { set: { killedAt: undefined } },
  condition: exists("killedAt"),
});

/** Nobody has turned it since it was read. */
export const unturnedSwitch = (killedAt: Instant | undefined): Write => ({
  table: "access",
  key: allStores,
  change: { check: true },
  condition: killedAt === undefined ? missing("killedAt") : equals("killedAt", killedAt),
});
