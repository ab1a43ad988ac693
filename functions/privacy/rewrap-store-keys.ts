import { z } from "zod";
import { refuseRecordTwice } from "#functions/access/record-act.ts";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Actor, Reason } from "#functions/audit/audit.ts";
import { walkTime } from "#functions/operator/limits.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { WalkCursor, walkRows } from "#functions/runtime/walk-rows.ts";
import { allStores } from "#functions/store/store.store.ts";
import type { Clock } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { readStoreKey, savedStoreKey } from "./store-key.store.ts";
import type { KeyWrapper } from "./store-keys.ts";

export const RewrapStoreKeys = z.strictObject({
  reason: Reason,
  /** From the answer to the call before. */
  cursor: WalkCursor.optional(),
});
export type RewrapStoreKeys = z.infer<typeof RewrapStoreKeys>;

export type RewrapsStoreKeys = {
  keyWrapper: Pick<KeyWrapper, "rewrap">;
  table: Table;
  now: Clock;
};

/**
 * Every version of every store's key under the KMS key that is current: the former one then opens nothing any more but
 * backups. The keys themselves stay, so nobody notices, whatever they hold in memory.
 */
export const rewrapStoreKeys =
  (on: RewrapsStoreKeys) =>
  async ({ reason, cursor }: RewrapStoreKeys, actor: Actor): Promise<object> => {
    const part = { stores: 0, rewrapped: 0 };
    const visit = async ({ pk }: { pk: string }) => {
      part.stores += 1;
      part.rewrapped += await rewrapStore(on, StoreId.parse(pk), { reason, actor });
    };
    const { rest } = await walkRows(on, [{ table: "access", query: allStores, visit }], {
      from: cursor ?? { part: 0 },
      until: on.now() + walkTime,
    });
    return { done: rest === undefined, part, ...(rest && { waitSeconds: 0, cursor: rest }) };
  };

/** Answers how many versions it took over. */
const rewrapStore = async (
  on: RewrapsStoreKeys,
  storeId: StoreId,
  by: { reason: string; actor: Actor },
): Promise<number> => {
  const before = await readStoreKey(on.table, storeId);
  const anew = await Promise.all(
    before.versions.map(({ wrapped }) => on.keyWrapper.rewrap(storeId, wrapped)),
  );
  const count = anew.filter((wrapped) => wrapped !== undefined).length;
  if (count === 0) return 0;
  const versions = before.versions.map((each, nth) => ({ ...each, wrapped: anew[nth] ?? each.wrapped }));
  const lost = await tryCommit(on.table, [
    savedStoreKey(storeId, before, { ...before, versions, revision: before.revision + 1 }),
    recordedAct({ action: "store_keys.rewrapped", storeId, at: on.now(), decidedBy: "iam", ...by }),
  ]);
  refuseRecordTwice(lost);
  // It is being rotated in the same moment.
  return lost.length === 0 ? count : rewrapStore(on, storeId, by);
};
