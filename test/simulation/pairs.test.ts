import { expect, test } from "vitest";
import { effort } from "#test/effort.ts";
import { everyDeath, everyPair, some, survives, withDeaths } from "./exhaustive.ts";
import { wholePurchase } from "./stories.ts";

const full = effort(100) === 100;

/** Each death has its pairs in one part. They take a quarter of an hour together, so each part is a test of its own. */
const parts = Array.from({ length: full ? 16 : 1 }, (_, part) => part);

test.each(parts)(
  "a purchase keeps every promise, wherever two processes die in it: part %i",
  async (part) => {
    const { calls } = await withDeaths(wholePurchase, []);
    const deaths = everyDeath(calls);
    const firsts = full ? deaths.filter((_, index) => index % parts.length === part) : some(deaths, 4);
    const pairs = await everyPair(wholePurchase, firsts);
    const chosen = full ? pairs : some(pairs, 60);
    console.log(`${wholePurchase.name}: ${calls} boundaries, ${chosen.length} of ${pairs.length} pairs`);
    expect(pairs.length).toBeGreaterThan(100);
    for (const pair of chosen) await survives(wholePurchase, pair);
  },
);
