import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Action, type Actor, Reason } from "#functions/audit/audit.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { WalkPart } from "#functions/runtime/walk-rows.ts";
import { allStores, type StoreStore, savedStore } from "#functions/store/store.store.ts";
import type { Store } from "#functions/store/store.ts";
import type { Clock } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";

/** Whose tokens, and why. */
export const TurnTokens = z.strictObject({ stores: z.union([z.literal("all"), StoreId]), reason: Reason });
export type TurnTokens = z.infer<typeof TurnTokens>;

export type TurnsTokens = { stores: StoreStore; table: Pick<Table, "get" | "query" | "commit">; now: Clock };

/** By whom, why and to what end a switch is turned. */
export type Turn = {
  readonly action: Action;
  readonly actor: Actor;
  readonly reason: string;
  /** The store after it, with the same version; `undefined` where it is so already. */
  readonly change: (store: Store, now: number) => Store | undefined;
};

/** Turns one store's switch and records the act with it; what is so already is no act. */
export const turnStore =
  (on: TurnsTokens, turn: Turn) =>
  async (storeId: StoreId): Promise<Store> => {
    const before = await on.stores.get(storeId);
    if (!before) throw new Refusal("not_found", `There is no store ${storeId}.`);
    const now = on.now();
    const changed = turn.change(before, now);
    if (!changed) return before;
    const after = { ...changed, version: before.version + 1, updatedAt: now };
    const lost = await tryCommit(on.table, [savedStore(before, after), actOf(turn, now, storeId)]);
    // Somebody changed the store meanwhile.
    return lost.length > 0 ? turnStore(on, turn)(storeId) : after;
  };

/** The switch of all stores; turning it twice is one act. */
export const turnAll = async (on: TurnsTokens, turn: Turn, write: Write): Promise<void> => {
  const lost = await tryCommit(on.table, [write, actOf(turn, on.now())]);
  if (lost.length > 0 && lost.every(({ table }) => table === "audit"))
    throw new Error("another act has this one's record");
};

const actOf = ({ action, actor, reason }: Turn, at: number, storeId?: StoreId): Write =>
  recordedAct({ action, actor, reason, at, storeId, decidedBy: "iam" });

/** Every store's own switch, as part of a walk. */
export const everyStore = (on: TurnsTokens, turn: Turn, then: (store: Store) => void): WalkPart => ({
  table: "access",
  query: allStores,
  visit: async ({ pk }) => then(await turnStore(on, turn)(StoreId.parse(pk))),
});
