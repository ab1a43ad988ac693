import { type IssuesKeys, issueLicenseKey } from "#functions/access/issue-license-key.ts";
import type { LicenseKeyStore } from "#functions/access/license-key.store.ts";
import type { By } from "#functions/access/record-act.ts";
import { withTimes } from "#functions/operator/times.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type CreateStore, type CreatesStores, createStore } from "./create-store.ts";
import type { StoreUrls } from "./show-store.ts";

export type OpensStores = CreatesStores &
  IssuesKeys & { keys: Pick<LicenseKeyStore, "list">; urls: StoreUrls; liveAllowed: boolean };

/** The store's owner; by its key it administers the store and sees its orders. */
const owner = { role: "admin", principal: "owner" } as const;

/**
 * A store and its first key. A repeat, after an answer that was lost say, gives a key only while there is none:
 * what was shown can't be shown again, and `issue-key` makes another.
 */
export const openStore =
  (on: OpensStores) =>
  async (command: CreateStore, by: By): Promise<object> => {
    if (command.livemode && !on.liveAllowed)
      throw new Refusal("invalid", "This stage knows test stores only.", { param: "$.store.livemode" });
    const { storeId, created } = await createStore(on)(command, by);
    const first = (await on.keys.list(storeId)).length === 0;
    const key = first ? withTimes(await issueLicenseKey(on)({ storeId, ...owner }, by)) : undefined;
    return { storeId, created, ...on.urls, ...(key && { key }) };
  };
