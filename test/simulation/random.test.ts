import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { effort } from "#test/effort.ts";
import { runCampaign } from "./campaign.ts";
import { runSchedule } from "./schedule.ts";

/** `npm run simulate` runs as many as one likes, on fresh seeds; these here are known to hold. */
const schedules = Math.max(200, effort(400));
const from = 1;

test(`every promise holds in ${schedules} schedules of faults`, { timeout: 3_000_000 }, async () => {
  const result = await runCampaign({ seed: from, schedules, workers: Math.min(2, availableParallelism()) });
  expect(result.found?.broken, result.found && replay(result.found.seed)).toBeUndefined();
  expect(result.schedules).toBe(schedules);
});

test("the same seed is the same schedule to the byte", async () => {
  // The first of them runs with the real Encryption SDK.
  for (const repeated of [500, 7, 8, 9]) {
    const [first, second] = [await runSchedule({ seed: repeated }), await runSchedule({ seed: repeated })];
    expect(first.trace.length).toBeGreaterThan(100);
    expect(firstDifference(first.trace, second.trace)).toBeUndefined();
    expect(second.hash).toBe(first.hash);
  }
});

const replay = (failed: number): string => `npm run simulate -- --seed ${failed} --schedules 1`;

const firstDifference = (
  left: readonly string[],
  right: readonly string[],
): readonly unknown[] | undefined => {
  const index = left.findIndex((line, place) => line !== right[place]);
  return index < 0 ? undefined : [index, left[index], right[index]];
};
