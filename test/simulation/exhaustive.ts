import type { Actor } from "./actors/actor.ts";
import type { Cloud } from "./cloud/cloud.ts";
import { type Death, deadlyFates, type Place, type Port } from "./engine/faults.ts";
import { type Outcome, runSchedule } from "./schedule.ts";

/** Something that happens from its beginning to its end, in one order, with nobody else about. */
export type Story = {
  readonly name: string;
  /** `begin`: from here on each call is a place to die at. */
  readonly act: (cloud: Cloud, begin: () => void) => Promise<void>;
};

/** Runs a story in which processes die at these calls, counted over all processes, and looks at every promise. */
export const withDeaths = async (
  { name, act }: Story,
  deaths: readonly Death[],
): Promise<{ outcome: Outcome; places: readonly Place[] }> => {
  const fates = deadlyFates(deaths);
  const actor: Actor = { name, act: (cloud) => act(cloud, fates.begin) };
  const outcome = await runSchedule({
    seed: quiet,
    inOrder: true,
    fates: () => fates,
    actors: () => [actor],
  });
  return { outcome, places: fates.places };
};

/** What anybody did after the last death; what the dead one had asked for before is heard by nobody. */
export const whatFollows = ({ trace }: Outcome): readonly string[] => {
  const death = trace.findLastIndex((line) => line.startsWith("  die-"));
  const dead = ` ${trace[death - 1]?.split(" ")[1]} `;
  return trace.slice(death + 1).filter((line) => !line.startsWith(" ") && !line.includes(dead));
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
export const everyDeath = (places: readonly Place[]): Death[] =>
  places.flatMap((_, index) => [
    { call: index + 1, when: "before" as const },
    { call: index + 1, when: "after" as const },
  ]);

/** They leave everything as it was, but in the memory of who asked. */
const reads: ReadonlySet<Port> = new Set(["get", "query", "kms", "secrets", "stripe-read"]);

/**
 * Those of them that leave different worlds. What a process knows dies with it. So it is the same whether it dies before
 * a read or after it; and whether it dies after a call or before its next one, if nothing else happened between them.
 * (After it dialed a receiver it draws by chance when it would dial again, and chance goes on differently from there.)
 */
export const differentDeaths = (places: readonly Place[]): Death[] =>
  everyDeath(places).filter(({ call, when }) => {
    const [last, place] = [places[call - 2], places[call - 1]];
    if (place === undefined) return false;
    return when === "after" ? !reads.has(place.port) : !goesOn(last, place);
  });

const goesOn = (last: Place | undefined, { process, step }: Place): boolean =>
  last?.process === process && last.step === step - 1 && last.port !== "dial";

/**
 * Each of these deaths and every second one after it. The first changes what follows: the client asks again, a sweeper
 * takes over. So the second comes at each call of what then happens, not only of what happens without a death.
 */
export const everyPair = async (story: Story, firsts: readonly Death[]): Promise<Death[][]> => {
  const pairs: Death[][] = [];
  for (const first of firsts) {
    const { places } = await withDeaths(story, [first]);
    const seconds = differentDeaths(places).filter(({ call }) => call > first.call);
    pairs.push(...seconds.map((second) => [first, second]));
  }
  return pairs;
};
