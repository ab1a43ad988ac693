import { describe, expect, test } from "vitest";
import { effort } from "#test/effort.ts";
import { everyDeath, some, survives, withDeaths } from "./exhaustive.ts";
import { stories } from "./stories.ts";

const full = effort(100) === 100;

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
