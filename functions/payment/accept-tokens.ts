import type { z } from "zod";
import type { Actor } from "#functions/audit/audit.ts";
import { WalkCursor, walkRows } from "#functions/runtime/walk-rows.ts";
import { acceptedAllTokens } from "#functions/store/token-switch.store.ts";
import { seconds } from "#functions/values/clock.ts";
import { everyStore, type Turn, type TurnsTokens, TurnTokens, turnAll, turnStore } from "./turn-tokens.ts";

export const AcceptTokens = TurnTokens.extend({ cursor: WalkCursor.optional() });
export type AcceptTokens = z.infer<typeof AcceptTokens>;

export type Accepted =
  | { readonly done: true; readonly stores: TurnTokens["stores"] }
  | { readonly done: false; readonly waitSeconds: 0; readonly cursor: WalkCursor };

/** What one call walks; the next goes on. */
const perCall = seconds(15);

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
      return { done: true, stores };
    }
    if (!cursor) await turnAll(on, turn, acceptedAllTokens());
    const rest = await walkRows(on, [everyStore(on, turn, () => undefined)], {
      from: cursor ?? { part: 0 },
      until: on.now() + perCall,
    });
    return rest ? { done: false, waitSeconds: 0, cursor: rest } : { done: true, stores };
  };

const accepting =
  (stores: AcceptTokens["stores"]): Turn["change"] =>
  ({ tokensKilledAt, tokensKilledWith, ...store }) =>
    tokensKilledAt === undefined || (stores === "all" && tokensKilledWith === "store") ? undefined : store;
