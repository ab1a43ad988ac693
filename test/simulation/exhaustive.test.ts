import { describe, expect, test } from "vitest";
import { whole } from "#test/effort.ts";
import { everyDeath, some, survives, withDeaths } from "./exhaustive.ts";
import { stories } from "./stories.ts";

describe.each(stories)("$name", (story) => {
  test("keeps every promise, wherever a process dies in it", async () => {
    const { outcome, places } = await withDeaths(story, []);
    expect(outcome.broken).toBeUndefined();
    expect(places.length).toBeGreaterThan(15);
    const deaths = everyDeath(places);
    const chosen = whole ? deaths : some(deaths, 12);
    console.log(`${story.name}: ${places.length} boundaries, ${chosen.length} of ${deaths.length} deaths`);
    for (const death of chosen) await survives(story, [death]);
  });
});
