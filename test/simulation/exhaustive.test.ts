import { describe, expect, test } from "vitest";
import { effort, seed } from "#test/effort.ts";
import { type Death, everyDeath, everyPair, type Story, withDeaths } from "./exhaustive.ts";
import { purchase, stories, wholePurchase } from "./stories.ts";

const full = effort(100) === 100;

/** So many of them, spread evenly. */
const some = <Value>(all: readonly Value[], count: number, from = 0): readonly Value[] => {
  const step = Math.ceil(all.length / count);
  return all.filter((_, index) => index % step === from % step);
};

const survives = async (story: Story, deaths: readonly Death[]) => {
  const { outcome } = await withDeaths(story, deaths);
  expect(outcome.broken, `${story.name} ${JSON.stringify(deaths)}`).toBeUndefined();
};

describe.each(stories)("$name", (story) => {
  test("keeps every promise, wherever a process dies in it", async () => {
    const { outcome, calls } = await withDeaths(story, []);
    expect(outcome.broken).toBeUndefined();
    expect(calls).toBeGreaterThan(15);
    const deaths = everyDeath(calls);
    const chosen = full ? deaths : some(deaths, 12);
    console.log(`${story.name}: ${calls} boundaries, ${chosen.length} of ${deaths.length} deaths`);
    for (const death of chosen) await survives(story, [death]);
  });
});

test("a purchase keeps every promise, wherever two processes die before it is answered", async () => {
  const { calls } = await withDeaths(purchase, []);
  const pairs = await everyPair(purchase, full ? everyDeath(calls) : some(everyDeath(calls), 4));
  const chosen = full ? pairs : some(pairs, 40);
  console.log(`purchase: ${calls} boundaries, ${chosen.length} of ${pairs.length} pairs`);
  expect(pairs.length).toBeGreaterThan(100);
  for (const pair of chosen) await survives(purchase, pair);
});

/** All of them take a quarter of an hour, so each run takes others. */
test("a purchase keeps every promise, wherever two processes die until it is confirmed", async () => {
  const { calls } = await withDeaths(wholePurchase, []);
  const pairs = await everyPair(wholePurchase, some(everyDeath(calls), full ? 60 : 4, seed(0)));
  const chosen = some(pairs, full ? 1_000 : 20, seed(0));
  console.log(`whole purchase: ${calls} boundaries, ${chosen.length} of ${pairs.length} pairs`);
  for (const pair of chosen) await survives(wholePurchase, pair);
});
