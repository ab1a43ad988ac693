import { describe, expect, test } from "vitest";
import { effort } from "#test/effort.ts";
import {
  type Death,
  everyDeath,
  everyPair,
  purchase,
  type Story,
  stories,
  withDeaths,
} from "./exhaustive.ts";

const full = effort(100) === 100;

/** So many of them, spread evenly; all of them in `prove`. */
const some = <Value>(all: readonly Value[], count: number): readonly Value[] => {
  const step = full ? 1 : Math.ceil(all.length / count);
  return all.filter((_, index) => index % step === 0);
};

const survives = async (story: Story, deaths: readonly Death[]) => {
  const { outcome } = await withDeaths(story, deaths);
  expect(outcome.broken, JSON.stringify(deaths)).toBeUndefined();
};

describe.each(stories)("$name", (story) => {
  test("keeps every promise, wherever a process dies in it", async () => {
    const { outcome, calls } = await withDeaths(story, []);
    expect(outcome.broken).toBeUndefined();
    expect(calls).toBeGreaterThan(15);
    const deaths = everyDeath(calls);
    const chosen = some(deaths, 20);
    console.log(`${story.name}: ${calls} boundaries, ${chosen.length} of ${deaths.length} deaths`);
    for (const death of chosen) await survives(story, [death]);
  });
});

test("a purchase keeps every promise, wherever two processes die in it", async () => {
  const { calls } = await withDeaths(purchase, []);
  const pairs = everyPair(calls);
  const chosen = some(pairs, 40);
  console.log(`purchase: ${calls} boundaries, ${chosen.length} of ${pairs.length} pairs`);
  expect(pairs.length).toBeGreaterThan(100);
  for (const pair of chosen) await survives(purchase, pair);
});
