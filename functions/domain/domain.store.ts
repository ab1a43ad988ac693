import { type Condition, equals, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { days } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { Claim, claimOf } from "./claim.ts";
import { Domain } from "./domain.ts";

/** Longer than its events can be read: their numbers go on where it is claimed again. */
const keptWhenRemoved = days(91);

export type DomainStore = {
  get(storeId: StoreId, host: string): Promise<Domain | undefined>;
  /** All that were ever challenged, but for those removed long ago. */
  list(storeId: StoreId): Promise<Domain[]>;
  claim(host: string): Promise<Claim | undefined>;
};

export const domainStore = (table: Pick<Table, "get" | "query">): DomainStore => ({
  get: async (storeId, host) => {
    const row = await table.get("access", domainKey(storeId, host));
    return row && Domain.parse(row);
  },
  list: async (storeId) => {
    const { rows } = await table.query("access", { pk: storeId, from: "domain#", to: "domain#~" });
    return rows.map((row) => Domain.parse(row));
  },
  claim: async (host) => {
    const row = await table.get("access", claimKey(host));
    return row && Claim.parse(row);
  },
});

const domainKey = (storeId: StoreId, host: string): Key => ({ pk: storeId, sk: `domain#${host}` });
const claimKey = (host: string): Key => ({ pk: `domain#${host}`, sk: "claim" });

/** Only over the very version that was read, or where there was none. */
const unchanged = (before: { version: number } | undefined): Condition =>
  before ? equals("version", before.version) : missing();

export const savedDomain = (before: Domain | undefined, after: Domain): Write => {
  const key = domainKey(after.storeId, after.host);
  const { nextCheckAt, status, updatedAt } = after;
  return {
    table: "access",
    key,
    change: {
      put: {
        ...after,
        ...(nextCheckAt === undefined ? notDue : dueAt("domain", key.pk, nextCheckAt)),
        expiresAtSeconds: status === "removed" ? Math.ceil((updatedAt + keptWhenRemoved) / 1_000) : undefined,
      },
    },
    condition: unchanged(before),
  };
};

export const savedClaim = (before: Claim | undefined, after: Claim): Write => ({
  table: "access",
  key: claimKey(after.host),
  change: { put: after },
  condition: unchanged(before),
});

/** A domain that begins to speak; of a live store alone. Its store lists it in the same transaction. */
export const speakingDomain = (of: {
  before: Domain | undefined;
  after: Domain;
  claim: Claim | undefined;
}): Write[] => [
  savedDomain(of.before, of.after),
  ...(of.after.livemode ? [savedClaim(of.claim, claimOf(of.claim, of.after))] : []),
];
