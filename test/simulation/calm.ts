import { buyer } from "./actors/buyer.ts";
import { warehouse } from "./actors/warehouse.ts";
import type { Cloud } from "./cloud/cloud.ts";
import { deadlyFates } from "./engine/faults.ts";
import { runSchedule } from "./schedule.ts";

/**
 * From each event to its first attempt, in virtual milliseconds, where nothing goes wrong. One order at a time: here all that
 * happens at once takes the time of all. What AWS takes is drawn; code takes no time.
 */
export const calmFirstAttempts = async (from: number, schedules: number): Promise<number[]> => {
  const actors = ({ shops: [, shop] }: Cloud) => [buyer(shop, 0), warehouse(shop)];
  const took: number[] = [];
  for (let seed = from; seed < from + schedules; seed += 1) {
    const { firstAttempts } = await runSchedule({ seed, fates: () => deadlyFates([]), actors });
    took.push(...firstAttempts);
  }
  return took;
};
