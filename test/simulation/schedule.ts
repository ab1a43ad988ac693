import { createHash } from "node:crypto";
import type { Actor } from "./actors/actor.ts";
import { bank } from "./actors/bank.ts";
import { buyer } from "./actors/buyer.ts";
import { clerk } from "./actors/clerk.ts";
import { integrator } from "./actors/integrator.ts";
import { operator } from "./actors/operator.ts";
import { owner } from "./actors/owner.ts";
import { shopkeeper } from "./actors/shopkeeper.ts";
import { warehouse } from "./actors/warehouse.ts";
import { weather } from "./actors/weather.ts";
import { webmaster } from "./actors/webmaster.ts";
import { type Cloud, createCloud } from "./cloud/cloud.ts";
import { countingSealing, realSealing, type Work } from "./cloud/sealing.ts";
import { serving } from "./cloud/serving.ts";
import { withVirtualTimers } from "./cloud/timers.ts";
import { type Fates, type FaultCounts, randomFates } from "./engine/faults.ts";
import type { World } from "./engine/process.ts";
import { type Random, seededRandom } from "./engine/random.ts";
import { createScheduler } from "./engine/scheduler.ts";
import { invariants } from "./invariants/all.ts";
import type { Invariant, Problems, Rest, Watcher } from "./invariants/invariant.ts";
import { firstAttempts } from "./invariants/prompt.ts";

export type Broken = { readonly invariant: string; readonly promise: string; readonly what: string };

export type Outcome = {
  readonly seed: number;
  readonly broken: Broken | undefined;
  readonly steps: number;
  /** Virtual milliseconds. */
  readonly lasted: number;
  /** Of the whole trace: what happened, in which order, and to whom. */
  readonly hash: string;
  readonly trace: readonly string[];
  readonly counts: FaultCounts;
  /** Where nothing went wrong: how long each webhook took from its event to its first attempt. */
  readonly firstAttempts: readonly number[];
};

export type Plan = {
  readonly seed: number;
  readonly fates?: (random: Random, counts: FaultCounts) => Fates;
  readonly actors?: (cloud: Cloud) => readonly Actor[];
  readonly inOrder?: boolean;
};

type Look = (occasion: (watcher: Watcher) => Problems | undefined) => void;

const start = Date.UTC(2026, 10, 23, 12);
const minute = 60_000;

/** After the faults stopped: what is looked at when. The last is longer than any wait of a delivery. */
const rests: readonly (readonly [Rest, number])[] = [
  ["15 minutes", 15 * minute],
  ["90 minutes", 90 * minute],
  ["a day", 25 * 60 * minute],
  ["the end", 80 * 60 * minute],
];

/** One in so many runs with the real Encryption SDK. */
const reallySealed = (seed: number): boolean => seed % 500 === 0;

/** In one of three somebody is braked by what little the others do: after a decline, three purchases, ten refunds. */
const limitFactorOf = (seed: number): number => (seed % 3 === 0 ? 0.1 : 1);

/** One schedule, from its seed to its end: the same seed, the same schedule, to the byte. */
export const runSchedule = async (plan: Plan): Promise<Outcome> => {
  const random = seededRandom(plan.seed);
  const counts: FaultCounts = new Map();
  const trace: string[] = [];
  const work: Work = { underWay: 0 };
  let broken: Broken | undefined;
  const scheduler = createScheduler({
    random,
    start,
    trace: (line) => trace.push(line),
    ...(plan.inOrder && { inOrder: true }),
    ...(reallySealed(plan.seed) && { settle: () => done(work) }),
  });
  const fates = (plan.fates ?? randomFates)(random, counts);
  const world: World = { scheduler, random, fates, counts, trace: (line) => void trace.push(line) };
  const watchers: { of: Invariant; watcher: Watcher }[] = [];
  const look: Look = (occasion) => {
    for (const { of, watcher } of watchers) {
      const [what] = occasion(watcher) ?? [];
      if (what !== undefined) broken ??= { invariant: of.id, promise: of.promise, what };
    }
  };
  const cloud = await createCloud(world, {
    limitFactor: limitFactorOf(plan.seed),
    sealing: reallySealed(plan.seed) ? realSealing(work) : countingSealing,
    watch: {
      rowsChanged: (changes) => look((watcher) => watcher.committed?.(changes, serving.getStore())),
      stripeChanged: () => look((watcher) => watcher.stripeChanged?.()),
    },
  });
  watchers.push(...invariants.map((of) => ({ of, watcher: of.watch(cloud) })));
  const isBroken = () => broken !== undefined;
  await withVirtualTimers(scheduler, async () => {
    await storm(cloud, (plan.actors ?? everybody)(cloud), isBroken);
    await calm(cloud, look, isBroken);
  });
  const hash = createHash("sha256").update(trace.join("\n")).digest("hex");
  return {
    seed: plan.seed,
    broken,
    steps: scheduler.steps(),
    lasted: scheduler.now() - start,
    hash,
    trace,
    counts,
    firstAttempts: firstAttempts(cloud),
  };
};

/** A storm lasts as long as somebody acts in it; the longest is that in which Stripe is away for more than a day. */
const longestStorm = 30 * 60 * minute;

/** Everybody acts while everything goes wrong; who is not done by then goes on in fair weather. */
const storm = async (cloud: Cloud, actors: readonly Actor[], isBroken: () => boolean) => {
  const { world } = cloud;
  let acting = actors.length;
  for (const actor of actors)
    void actor.act(cloud).finally(() => {
      acting -= 1;
    });
  const done = () => acting === 0 || isBroken();
  await world.scheduler.run({ done, time: start + longestStorm });
  world.trace("the faults stop");
  world.fates.calm();
  await world.scheduler.run({ done });
};

/** What was promised to come to rest is looked at in its time. */
const calm = async ({ world }: Cloud, look: Look, isBroken: () => boolean) => {
  const since = world.scheduler.now();
  for (const [rest, after] of rests) {
    await world.scheduler.run({ done: isBroken, time: since + after });
    if (isBroken()) return;
    look((watcher) => watcher.atRest?.(rest));
  }
};

/** Two stores, a few buyers, an owner, a warehouse, and bad weather; now and then all want the last piece of the same store. */
const everybody = ({ shops, world: { random } }: Cloud): Actor[] => {
  const rush = random.chance(0.3);
  const shop = () => (rush ? shops[0] : random.pick(shops));
  return [
    ...Array.from({ length: random.between(rush ? 2 : 1, 3) }, () => buyer(shop(), random.below(2), rush)),
    owner(random.pick(shops)),
    ...(random.chance(0.6) ? [clerk(random.pick(shops))] : []),
    ...(random.chance(0.1) ? [operator(shop())] : []),
    ...(random.chance(0.3) ? [bank] : []),
    ...(random.chance(0.4) ? [integrator(random.pick(shops))] : []),
    ...(random.chance(0.2) ? [webmaster(shop())] : []),
    ...(random.chance(0.4) ? [warehouse(random.pick(shops))] : []),
    ...shops.filter(({ woo }) => woo && random.chance(0.5)).map(shopkeeper),
    weather,
  ];
};

/** Until no code runs any more, on whatever thread. */
const done = async (work: Work): Promise<void> => {
  do await new Promise((resolve) => setImmediate(resolve));
  while (work.underWay > 0);
};
