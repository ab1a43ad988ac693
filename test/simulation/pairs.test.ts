import { describe, expect, test } from "vitest";
import { effort } from "#test/effort.ts";
import { everyDeath, everyPair, some, survives, withDeaths } from "./exhaustive.ts";
import { purchase, wholePurchase } from "./stories.ts";

const full = effort(100) === 100;

/** Each death has its pairs in one part. They take minutes together, so each part is a test of its own. */
const parts = Array.from({ length: full ? 16 : 1 }, (_, part) => part);

describe.each([
  { ...purchase, until: "it is answered", few: 40 },
  { ...wholePurchase, until: "it is confirmed", few: 20 },
])("a purchase keeps every promise, wherever two processes die until $until", ({ few, ...story }) => {
  test.each(parts)("part %i", async (part) => {
    const { calls } = await withDeaths(story, []);
    const deaths = everyDeath(calls);
    const firsts = full ? deaths.filter((_, index) => index % parts.length === part) : some(deaths, 4);
    const pairs = await everyPair(story, firsts);
    const chosen = full ? pairs : some(pairs, few);
    console.log(`${story.name}: ${calls} boundaries, ${chosen.length} of ${pairs.length} pairs`);
    expect(pairs.length).toBeGreaterThan(100);
    for (const pair of chosen) await survives(story, pair);
  });
});
