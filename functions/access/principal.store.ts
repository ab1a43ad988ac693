import { allRows } from "#functions/runtime/all-rows.ts";
import { all, exists, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { PrincipalId, StoreId } from "#functions/values/id.ts";
import { Principal } from "./principal.ts";

export type PrincipalStore = {
  get(storeId: StoreId, principalId: PrincipalId): Promise<Principal | undefined>;
  list(storeId: StoreId): Promise<Principal[]>;
};

export const principalStore = (table: Pick<Table, "get" | "query">): PrincipalStore => ({
  get: async (storeId, principalId) => {
    const row = await table.get("access", principalKey(storeId, principalId));
    return row && Principal.parse(row);
  },
  list: async (storeId) => {
    const rows = await allRows(table, "access", { pk: storeId, from: prefix, to: `${prefix}~` });
    return rows.map((row) => Principal.parse(row));
  },
});

export const createdPrincipal = (principal: Principal): Write => ({
  table: "access",
  key: principalKey(principal.storeId, principal.id),
  change: { put: { ...principal } },
  condition: missing(),
});

/** Changes nothing: fails the transaction once there is one. */
export const noPrincipal = ({ storeId, id }: Pick<Principal, "storeId" | "id">): Write => ({
  table: "access",
  key: principalKey(storeId, id),
  change: { check: true },
  condition: missing(),
});

/** Changes nothing: fails the transaction once the principal is revoked. */
export const livePrincipal = ({ storeId, id }: Pick<Principal, "storeId" | "id">): Write => ({
  table: "access",
  key: principalKey(storeId, id),
  change: { check: true },
  condition: all(exists(), missing("revokedAt")),
});

/** The first revocation stands. */
export const revokedPrincipal = ({ storeId, id }: Principal, now: Instant): Write => ({
  table: "access",
  key: principalKey(storeId, id),
  change: { set: { revokedAt: now } },
  condition: all(exists(), missing("revokedAt")),
});

/** The last one counts; what it accepted before is on record. */
export const acceptingPrincipal = (
  { storeId, id }: Principal,
  accepted: NonNullable<Principal["accepted"]>,
): Write => ({
  table: "access",
  key: principalKey(storeId, id),
  change: { set: { accepted } },
  condition: all(exists(), missing("revokedAt")),
});

const prefix = "principal#";
const principalKey = (storeId: StoreId, principalId: PrincipalId): Key => ({
  pk: storeId,
  sk: `${prefix}${principalId}`,
});
