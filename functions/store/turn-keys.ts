import type { KeyPage, LicenseKeyStore } from "#functions/access/license-key.store.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";

export type TurnsKeys = { keys: Pick<LicenseKeyStore, "page">; table: Pick<Table, "commit">; now: Clock };

/** Which of a store's keys are turned, by which writes; among these is a look at the store's own row. */
export type Turn = {
  readonly concerns: (key: KeyPage["keys"][number]) => boolean;
  readonly writes: (storeId: StoreId, publicIds: readonly string[], now: Instant) => Write[];
};
type From = { readonly storeId: StoreId; readonly after: string | undefined; readonly until: Instant };
type Turned = { readonly count: number; readonly rest?: { readonly afterKey: string | undefined } };

/** A page is one transaction: it looks at the store's row, and of two that do one waits for the other. */
const pageSize = 25;

/** A store's keys, page by page until `until`; none is left when no `rest` comes back. */
export const turnKeys = async (on: TurnsKeys, turn: Turn, from: From): Promise<Turned> => {
  let [count, afterKey] = [0, from.after];
  for (;;) {
    const { keys, more } = await on.keys.page(from.storeId, { limit: pageSize, after: afterKey });
    const ids = keys.filter(turn.concerns).map(({ publicId }) => publicId);
    // Another call was faster with one of them: look again.
    if (!(await committed(on, turn, from.storeId, ids))) continue;
    count += ids.length;
    if (!more) return { count };
    afterKey = keys.at(-1)?.publicId;
    if (on.now() >= from.until) return { count, rest: { afterKey } };
  }
};

const committed = async (
  on: TurnsKeys,
  { writes }: Turn,
  storeId: StoreId,
  ids: readonly string[],
): Promise<boolean> => {
  if (ids.length === 0) return true;
  const lost = await tryCommit(on.table, writes(storeId, ids, on.now()));
  if (lost.some(({ key }) => key.pk === storeId))
    throw new Refusal("conflict", "The store was stopped, or goes on, since.");
  return lost.length === 0;
};
