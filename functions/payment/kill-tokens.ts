import { z } from "zod";
import type { Actor } from "#functions/audit/audit.ts";
import { checkoutAt } from "#functions/checkout/checkout.store.ts";
import { isMidWay } from "#functions/checkout/checkout.ts";
import { longestRun } from "#functions/checkout/workflow.ts";
import { walkTime } from "#functions/operator/limits.ts";
import { dueKey, shards } from "#functions/runtime/due.ts";
import { type Key, tryCommit } from "#functions/runtime/table.ts";
import { WalkCursor, type WalkPart, walkRows } from "#functions/runtime/walk-rows.ts";
import type { Store } from "#functions/store/store.ts";
import { allTokensKilledAt, killedAllTokens } from "#functions/store/token-switch.store.ts";
import { Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { forgetToken } from "./forget-token.ts";
import type { PaymentStore } from "./payment.store.ts";
import { everyStore, type Turn, type TurnsTokens, TurnTokens, turnAll, turnStore } from "./turn-tokens.ts";

/** A walk over all that may still hold a token, and what it has met so far. */
const Pass = z.strictObject({
  ...WalkCursor.shape,
  begunAt: Instant,
  /** When the last store that it met lost its tokens. */
  killedAt: Instant,
  /** Attempts that it met whose outcome nobody knows yet. */
  inFlight: z.int(),
});
type Pass = z.infer<typeof Pass>;

export const KillTokens = TurnTokens.extend({
  /** From the answer to the call before. */
  cursor: z.strictObject({ pass: Pass.optional() }).optional(),
});
export type KillTokens = z.infer<typeof KillTokens>;

export type Killed =
  | {
      readonly done: true;
      readonly stores: TurnTokens["stores"];
      readonly looked: number;
      readonly inFlight: number;
    }
  /** Ask again with the cursor, after the wait. */
  | {
      readonly done: false;
      /** Stores and checkouts that this pass has come past. */
      readonly looked: number;
      readonly inFlight: number;
      readonly waitSeconds: number;
      readonly cursor: NonNullable<KillTokens["cursor"]>;
    };

export type KillsTokens = TurnsTokens & {
  payments: Pick<PaymentStore, "get">;
  /** The longest that one call lives, so how long after its reading of the clock its write may still come. */
  callTakes: number;
  /** How far the clocks of two calls may lie apart: one turns the switch, another says that all is over. */
  clocksApart: number;
};

/**
 * No charge starts after the answer `done`. First the switch: from then on no run begins to pay, and one that takes
 * over forgets the token as it claims its checkout. Runs that read the store before are over after the longest call
 * and the longest run together, by any clock; a pass that begins only then takes the token from whatever nobody has taken over. All
 * of it is in rows, so a call that dies is simply made again.
 */
export const killTokens =
  (on: KillsTokens) =>
  async ({ stores, reason, cursor }: KillTokens, actor: Actor): Promise<Killed> => {
    const turn: Turn = { action: "tokens.killed", actor, reason, change: killing(stores) };
    const begunAt = on.now();
    if (cursor) await refuseIfAccepted(on, stores);
    const killedAt = await kill(on, stores, turn);
    const pass = { part: 0, begunAt, killedAt, inFlight: 0, ...cursor?.pass };
    const { looked, rest } = await walkRows(on, partsOf(on, stores, turn, pass), {
      from: pass,
      until: begunAt + walkTime,
    });
    const { inFlight } = pass;
    const far = (waitUntil: Instant) => ({ looked, inFlight, waitSeconds: secondsUntil(on, waitUntil) });
    if (rest) return { done: false, ...far(0), cursor: { pass: { ...pass, ...rest } } };
    const settledAt = pass.killedAt + on.callTakes + longestRun + on.clocksApart;
    return pass.begunAt >= settledAt
      ? { done: true, stores, looked, inFlight }
      : { done: false, ...far(settledAt), cursor: {} };
  };

const secondsUntil = ({ now }: KillsTokens, at: Instant): number =>
  Math.max(0, Math.ceil((at - now()) / 1_000));

/** Once more changes nothing. */
const kill = async (on: KillsTokens, stores: KillTokens["stores"], turn: Turn): Promise<Instant> => {
  if (stores !== "all") return killedAtOf(await turnStore(on, turn)(stores));
  await turnAll(on, turn, killedAllTokens(on.now()));
  return (await allTokensKilledAt(on.table)) ?? on.now();
};

/** Who accepts them while they are being killed has the last word; a further call would take it back in silence. */
const refuseIfAccepted = async (on: KillsTokens, stores: KillTokens["stores"]): Promise<void> => {
  const killedAt =
    stores === "all" ? await allTokensKilledAt(on.table) : (await on.stores.get(stores))?.tokensKilledAt;
  if (killedAt === undefined) throw new Refusal("conflict", "The tokens were accepted again meanwhile.");
};

const killing =
  (stores: KillTokens["stores"]): Turn["change"] =>
  (store, now) => {
    const isKilled = store.tokensKilledAt !== undefined;
    if (isKilled && (stores === "all" || store.tokensKilledWith === "store")) return undefined;
    const tokensKilledWith = stores === "all" ? "all" : "store";
    return { ...store, tokensKilledAt: store.tokensKilledAt ?? now, tokensKilledWith };
  };

/** Without tokens in its first version: it was created so, and never had a run that used one. */
const killedAtOf = ({ tokensKilledAt = 0, version }: Store): Instant => (version === 1 ? 0 : tokensKilledAt);

const partsOf = (on: KillsTokens, stores: KillTokens["stores"], turn: Turn, pass: Pass): WalkPart[] => {
  const met = (store: Store) => {
    pass.killedAt = Math.max(pass.killedAt, killedAtOf(store));
  };
  const checkouts = shards.map(
    (shard): WalkPart => ({
      table: "commerce",
      // Whatever is mid-way is due at some time.
      query: { index: "due", pk: dueKey("checkout", shard) },
      visit: async (key) => {
        if (stores === "all" || key.pk.startsWith(`${stores}#`)) pass.inFlight += await forget(on, key);
      },
    }),
  );
  return stores === "all" ? [everyStore(on, turn, met), ...checkouts] : checkouts;
};

/** The index lags, so the checkout is read again. Answers how many of its attempts are open: none or one. */
const forget = async (on: KillsTokens, key: Key): Promise<number> => {
  const checkout = await checkoutAt(on.table, key);
  if (!checkout || !isMidWay(checkout.status)) return 0;
  const { open, writes } = await forgetToken(on)(checkout);
  // Lost: it was settled just now, and its token is gone with that.
  await tryCommit(on.table, writes);
  return open ? 1 : 0;
};
