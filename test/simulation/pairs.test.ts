import { expect, test } from "vitest";
import { whole } from "#test/effort.ts";
import type { Death } from "./engine/faults.ts";
import {
  differentDeaths,
  everyDeath,
  everyPair,
  some,
  survives,
  whatFollows,
  withDeaths,
} from "./exhaustive.ts";
import { wholePurchase } from "./stories.ts";

test("a purchase keeps every promise, wherever two processes die in it", async () => {
  const { places } = await withDeaths(wholePurchase, []);
  const deaths = differentDeaths(places);
  const pairs = await everyPair(wholePurchase, whole ? deaths : some(deaths, 4));
  const chosen = whole ? pairs : some(pairs, 60);
  console.log(`${wholePurchase.name}: ${places.length} calls, ${chosen.length} of ${pairs.length} pairs`);
  expect(pairs.length).toBeGreaterThan(100);
  for (const pair of chosen) await survives(wholePurchase, pair);
});

test("what follows two deaths that count as one is the same to the byte", async () => {
  const { places } = await withDeaths(wholePurchase, []);
  const firsts = differentDeaths(places).map((death) => [death]);
  // The later the first, the fewer there are after it.
  for (const before of whole ? [[], ...some(firsts, 20)] : firsts.slice(-9, -8))
    await sameInEachClass(before);
});

/** Of these first deaths and each second one, the second ones that are left out have the world of the last that was not. */
const sameInEachClass = async (before: readonly Death[]) => {
  const { places } = await withDeaths(wholePurchase, before);
  const different = new Set(differentDeaths(places).map(nameOf));
  const [{ call: from } = { call: 0 }] = before;
  let expected: readonly string[] | undefined;
  for (const death of everyDeath(places).filter(({ call }) => call > from)) {
    const { outcome } = await withDeaths(wholePurchase, [...before, death]);
    if (different.has(nameOf(death))) expected = whatFollows(outcome);
    else expect(whatFollows(outcome), JSON.stringify([...before, death])).toEqual(expected);
  }
};

const nameOf = ({ call, when }: Death): string => `${when} ${call}`;
