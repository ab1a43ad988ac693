import { longestRun } from "#functions/checkout/workflow.ts";
import type { KillTokens } from "#functions/payment/kill-tokens.ts";
import { hours, seconds } from "#functions/values/clock.ts";
import type { CheckoutId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { interleaving, isDeath } from "#test/fakes/interleaving.ts";
import { shopOn } from "#test/fakes/memory-shop.ts";
import {
  actor,
  buy,
  callTakes,
  ready,
  reason,
  switchOn,
  type TokenWorld,
  takeOver,
  tokensLeft,
  tokenWorld,
} from "./token-world.ts";

export const perStory = 10;

type Stores = KillTokens["stores"];
type Cast = {
  world: TokenWorld;
  turns: ReturnType<typeof interleaving>;
  choose: (count: number) => number;
  start: number;
};

/**
 * Buyers who come before, during and after; Stripe that does not answer; runs that die anywhere and others that take
 * over; and an operator whose calls die too. What was charged after the answer that it is done?
 */
export const tokenStory = async (entropy: number, stores: Stores) => {
  const world = await tokenWorld(entropy);
  const choose = chooser(entropy);
  const ids: CheckoutId[] = [];
  while (ids.length < perStory) ids.push(await ready(world));
  const turns = interleaving({ now: world.on.now, advance: world.on.clock.advance }, choose);
  const cast = { world, turns, choose, start: world.on.now() };
  for (const id of ids) {
    for (const within of [100, 200]) turns.begin(() => comeAndBuy(cast, id, seconds(within)), isRefusal);
    for (let sweep = 1; sweep <= 6; sweep += 1) turns.begin(() => comeAndTakeOver(cast, id, sweep));
  }
  const done = { charges: 0, left: 0 };
  turns.begin(async () => {
    await killTilDone(cast, stores);
    Object.assign(done, { charges: world.charges.length, left: tokensLeft(world) });
  });
  await turns.run();
  await hoursLater(world, ids);
  return { ...done, late: world.charges.length - done.charges };
};

const isRefusal = (error: unknown): boolean => error instanceof Refusal;

const comeAndBuy = async ({ world, turns, choose, start }: Cast, id: CheckoutId, within: number) => {
  await turns.until(start + choose(within));
  const when = choose(2) ? "before" : "after";
  if (choose(4) === 0) world.stripe.fail({ match: "POST /v1/payment_intents", when, kind: "timeout" });
  await buy(turns.living(world.process, 1 + choose(longestRun)), id);
};

const comeAndTakeOver = async ({ world, turns, choose, start }: Cast, id: CheckoutId, sweep: number) => {
  await turns.until(start + seconds(30) * sweep + choose(seconds(30)));
  await takeOver(turns.living(world.process, longestRun), id);
};

/** Whoever calls again may have lost the cursor. */
const killTilDone = async ({ world, turns, choose, start }: Cast, stores: Stores): Promise<void> => {
  await turns.until(start + choose(seconds(90)));
  let cursor: KillTokens["cursor"];
  for (;;) {
    const process = turns.living(world.process, choose(4) ? callTakes : choose(seconds(5)), turns.prompt);
    const by = { ...actor, requestId: String(world.on.now()) };
    const answer = await switchOn(process).kill({ stores, reason, cursor }, by).catch(undefinedIfDead);
    if (answer?.done) return;
    cursor = choose(2) ? answer?.cursor : undefined;
    await turns.until(world.on.now() + seconds(answer?.waitSeconds ?? 1));
  }
};

const undefinedIfDead = (error: unknown): undefined => {
  if (!isDeath(error)) throw error;
};

/** Everybody comes once more, and the sweeper until nothing is left. */
const hoursLater = async (world: TokenWorld, ids: readonly CheckoutId[]): Promise<void> => {
  for (let hour = 0; hour < 3; hour += 1) {
    world.on.clock.advance(hours(1));
    await shopOn(world.process).sweepCheckouts();
    for (const id of ids) await buy(world.process, id).catch(() => undefined);
  }
};

/** Whole numbers from 0, in an order that the seed repeats (mulberry32). */
const chooser = (start: number) => {
  let state = start;
  return (count: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
};
