import { missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { PrincipalId, StoreId } from "#functions/values/id.ts";
import { Principal } from "./principal.ts";

export type PrincipalStore = {
  get(storeId: StoreId, principalId: PrincipalId): Promise<Principal | undefined>;
};

export const principalStore = (table: Pick<Table, "get">): PrincipalStore => ({
  get: async (storeId, principalId) => {
    const row = await table.get("access", principalKey(storeId, principalId));
    return row && Principal.parse(row);
  },
});

export const createdPrincipal = (principal: Principal): Write => ({
  table: "access",
  key: principalKey(principal.storeId, principal.id),
  change: { put: { ...principal } },
  condition: missing(),
});

const principalKey = (storeId: StoreId, principalId: PrincipalId): Key => ({
  pk: storeId,
  sk: `principal#${principalId}`,
});
