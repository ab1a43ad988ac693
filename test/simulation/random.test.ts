import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { effort, seed } from "#test/effort.ts";
import { calmFirstAttempts } from "./calm.ts";
import { enough, missing, p99, runCampaign } from "./campaign.ts";
import { runSchedule } from "./schedule.ts";

const schedules = effort(20_000);
const from = seed(1);

test(`every promise holds in ${schedules} schedules of faults, from seed ${from}`, {
  timeout: 3_600_000,
}, async () => {
  const result = await runCampaign({ seed: from, schedules, workers: Math.min(2, availableParallelism()) });
  expect(result.found?.broken, result.found && replay(result.found.seed)).toBeUndefined();
  expect(result.schedules).toBe(schedules);
  if (schedules >= enough) expect(missing(result)).toEqual([]);
});

test("where nothing goes wrong a webhook is first tried within a second of its event (p99)", async () => {
  const took = await calmFirstAttempts(from, effort(200, 8));
  expect(took.length).toBeGreaterThan(50);
  expect(p99(took)).toBeLessThan(1_000);
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
