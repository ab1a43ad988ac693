import { z } from "zod";
import { KeyId } from "#functions/access/stored-key.ts";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Actor, Reason } from "#functions/audit/audit.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { WalkCursor } from "#functions/runtime/walk-rows.ts";
import type { Clock } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { savedStanding } from "./selling.store.ts";
import type { StoreStore } from "./store.store.ts";
import { changed, type Store } from "./store.ts";

/** Where the next call goes on: after which key of the store, or, once all are past, where on the walk. */
const Cursor = z.strictObject({ afterKey: KeyId.optional(), walk: WalkCursor.optional() });

/** Which store, why, and where the call before came to; the first has no cursor. */
export const StandStore = z.strictObject({ storeId: StoreId, reason: Reason, cursor: Cursor.optional() });
export type StandStore = z.infer<typeof StandStore>;

type Standing = Store["status"];

/** What a store may become; closed is for good. */
const moves = {
  active: ["suspended", "closed"],
  suspended: ["active", "closed"],
  closed: [],
} as const satisfies Record<Standing, readonly Standing[]>;

const actions = { active: "store.resumed", suspended: "store.suspended", closed: "store.closed" } as const;

export type StandsStores = { stores: Pick<StoreStore, "get">; table: Pick<Table, "commit">; now: Clock };

/** The store as it stands after the command; what is so already is no act. A call that goes on turns nothing back. */
export const standStore =
  (on: StandsStores, to: Standing) =>
  async (command: StandStore, actor: Actor): Promise<Store> => {
    const { storeId, reason } = command;
    const before = await on.stores.get(storeId);
    if (!before) throw new Refusal("not_found", `There is no store ${storeId}.`);
    if (before.status === to) return before;
    refuseMove(before.status, to, command);
    const now = on.now();
    const after = changed(before, { status: to }, now);
    const lost = await tryCommit(on.table, [
      ...savedStanding(before, after),
      recordedAct({ action: actions[to], actor, reason, at: now, storeId, decidedBy: "iam" }),
    ]);
    // Somebody changed the store meanwhile.
    return lost.length > 0 ? standStore(on, to)(command, actor) : after;
  };

const refuseMove = (from: Standing, to: Standing, { cursor }: StandStore): void => {
  if (cursor) throw new Refusal("conflict", `The store became ${from} meanwhile.`);
  if (!(moves[from] as readonly Standing[]).includes(to))
    throw new Refusal("conflict", `The store is ${from} and can't become ${to}.`);
};
