import type { z } from "zod";
import type { Actor } from "#functions/audit/audit.ts";
import { walkTime } from "#functions/operator/limits.ts";
import { WalkCursor, walkRows } from "#functions/runtime/walk-rows.ts";
import { acceptedAllTokens } from "#functions/store/token-switch.store.ts";
import { everyStore, type Turn, type TurnsTokens, TurnTokens, turnAll, turnStore } from "./turn-tokens.ts";

export const AcceptTokens = TurnTokens.extend({ cursor: WalkCursor.optional() });
export type AcceptTokens = z.infer<typeof AcceptTokens>;

export type Accepted =
  | { readonly done: true; readonly stores: TurnTokens["stores"]; readonly looked: number }
  | { readonly done: false; readonly looked: number; readonly waitSeconds: 0; readonly cursor: WalkCursor };

/**
 * Takes `killTokens` back: new attempts may be paid again. Tokens that were forgotten stay so. Accepting all leaves
 * alone a store whose tokens were killed by themselves.
 */
export const acceptTokens =
  (on: TurnsTokens) =>
  async ({ stores, reason, cursor }: AcceptTokens, actor: Actor): Promise<Accepted> => {
    const turn: Turn = { action: "tokens.accepted", actor, reason, change: accepting(stores) };
    if (stores !== "all") {
      await turnStore(on, turn)(stores);
      return { done: true, stores, looked: 1 };
    }
    if (!cursor) await turnAll(on, turn, acceptedAllTokens());
    const { looked, rest } = await walkRows(on, [everyStore(on, turn, () => undefined)], {
      from: cursor ?? { part: 0 },
      until: on.now() + walkTime,
    });
    return rest ? { done: false, looked, waitSeconds: 0, cursor: rest } : { done: true, stores, looked };
  };

const accepting =
  (stores: AcceptTokens["stores"]): Turn["change"] =>
  ({ tokensKilledAt, tokensKilledWith, ...store }) =>
    tokensKilledAt === undefined || (stores === "all" && tokensKilledWith === "store") ? undefined : store;
