import type { LicenseKeyStore } from "#functions/access/license-key.store.ts";
import type { PrincipalStore } from "#functions/access/principal.store.ts";
import { recordedAct } from "#functions/audit/audit.store.ts";
import type { Actor } from "#functions/audit/audit.ts";
import { withTimes } from "#functions/operator/times.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { StoreStore } from "./store.store.ts";

/** Where a store's agents and integrations go. */
export type StoreUrls = { readonly agentApi: string; readonly storeApi: string };

export type ShowsStores = {
  stores: Pick<StoreStore, "get">;
  keys: Pick<LicenseKeyStore, "list">;
  principals: PrincipalStore;
  table: Pick<Table, "commit">;
  now: Clock;
  urls: StoreUrls;
};

/** A store with its principals and keys, for whoever looks after it; shown once the look is on record. */
export const showStore =
  (on: ShowsStores) =>
  async (storeId: StoreId, actor: Actor): Promise<object> => {
    const [store, keys] = await Promise.all([on.stores.get(storeId), on.keys.list(storeId)]);
    if (!store) throw new Refusal("not_found", `There is no store ${storeId}.`);
    const ids = [...new Set(keys.map((key) => key.principalId))];
    const principals = await Promise.all(ids.map((id) => on.principals.get(storeId, id)));
    const look = { action: "keys.read", actor, storeId, at: on.now(), decidedBy: "iam" } as const;
    await on.table.commit([recordedAct(look)]);
    return {
      store: withTimes(store),
      ...on.urls,
      principals: principals.filter((each) => each !== undefined).map(withTimes),
      keys: keys.map(({ publicId: keyId, digest: _, pepperVersion: __, sealedKey: ___, ...key }) => ({
        keyId,
        ...withTimes(key),
      })),
    };
  };
