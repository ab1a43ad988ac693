import { expect, test } from "vitest";
import { effort } from "#test/effort.ts";
import { everyDeath, everyPair, type Story, some, survives, withDeaths } from "./exhaustive.ts";
import { purchase, wholePurchase } from "./stories.ts";

const full = effort(100) === 100;

/** All pairs, or so many of them. */
const survivesPairs = async (story: Story, few: number) => {
  const { calls } = await withDeaths(story, []);
  const deaths = everyDeath(calls);
  const pairs = await everyPair(story, full ? deaths : some(deaths, 4));
  const chosen = full ? pairs : some(pairs, few);
  console.log(`${story.name}: ${calls} boundaries, ${chosen.length} of ${pairs.length} pairs`);
  expect(pairs.length).toBeGreaterThan(100);
  for (const pair of chosen) await survives(story, pair);
};

test("a purchase keeps every promise, wherever two processes die before it is answered", () =>
  survivesPairs(purchase, 40));

test("a purchase keeps every promise, wherever two processes die until it is confirmed", () =>
  survivesPairs(wholePurchase, 20));
