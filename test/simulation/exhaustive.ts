import type { Actor } from "./actors/actor.ts";
import type { Cloud } from "./cloud/cloud.ts";
import { deadlyFates } from "./engine/faults.ts";
import { type Outcome, runSchedule } from "./schedule.ts";

/** Something that happens from its beginning to its end, in one order, with nobody else about. */
export type Story = {
  readonly name: string;
  /** `begin`: from here on each call is a place to die at. */
  readonly act: (cloud: Cloud, begin: () => void) => Promise<void>;
};

export type Death = { readonly call: number; readonly when: "before" | "after" };

/** Runs a story in which processes die at these calls, counted over all processes, and looks at every promise. */
export const withDeaths = async (
  { name, act }: Story,
  deaths: readonly Death[],
): Promise<{ outcome: Outcome; calls: number }> => {
  const fates = deadlyFates(deaths);
  const actor: Actor = { name, act: (cloud) => act(cloud, fates.begin) };
  const outcome = await runSchedule({
    seed: quiet,
    inOrder: true,
    fates: () => fates,
    actors: () => [actor],
  });
  return { outcome, calls: fates.calls() };
};

/** It holds whatever was promised, whoever dies. */
export const survives = async (story: Story, deaths: readonly Death[]): Promise<void> => {
  const { outcome } = await withDeaths(story, deaths);
  if (outcome.broken)
    throw new Error(`${story.name} ${JSON.stringify(deaths)}: ${JSON.stringify(outcome.broken)}`);
};

/** So many of them, spread evenly. */
export const some = <Value>(all: readonly Value[], count: number): readonly Value[] => {
  const step = Math.ceil(all.length / count);
  return all.filter((_, index) => index % step === 0);
};

/** A seed whose stream speaks and whose books are not compared: that is a story of its own. */
const quiet = 3;

/** Every single death there is: at each call, before it and after it. */
export const everyDeath = (calls: number): Death[] =>
  Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) => [
    { call, when: "before" as const },
    { call, when: "after" as const },
  ]);

/**
 * Each of these deaths and every second one after it. The first changes what follows: the client asks again, a sweeper
 * takes over. So the second comes at each call of what then happens, not only of what happens without a death.
 */
export const everyPair = async (story: Story, firsts: readonly Death[]): Promise<Death[][]> => {
  const pairs: Death[][] = [];
  for (const first of firsts) {
    const { calls } = await withDeaths(story, [first]);
    const seconds = everyDeath(calls).filter(({ call }) => call > first.call);
    pairs.push(...seconds.map((second) => [first, second]));
  }
  return pairs;
};
