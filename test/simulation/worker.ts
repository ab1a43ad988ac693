import { parentPort, workerData } from "node:worker_threads";
import type { Campaign, Report } from "./campaign.ts";
import { count, type FaultCounts } from "./engine/faults.ts";

const { seed, schedules, shared, planted } = workerData as Campaign & { shared: SharedArrayBuffer };
/** The next schedule's number, and whether to stop. */
const next = new Int32Array(shared);

if (planted !== undefined) {
  const { plant } = await import("./planted/plant.ts");
  plant(planted);
}
// Only now: what is planted must be there before the code that it changes is loaded.
const { runSchedule } = await import("./schedule.ts");

const handful = 20;

/** The next schedule's seed; `undefined` when there is nothing more to do. */
const nextSeed = (): number | undefined => {
  if (Atomics.load(next, 1) !== 0) return undefined;
  const number = Atomics.add(next, 0, 1);
  return number < schedules ? seed + number : undefined;
};

const runHandful = async (): Promise<Report | undefined> => {
  const counts: FaultCounts = new Map();
  const total = { schedules: 0, steps: 0, lasted: 0, firstAttempts: [] as number[] };
  let found: Report["found"];
  const more = () => (found || total.schedules === handful ? undefined : nextSeed());
  for (let of = more(); of !== undefined; of = more()) {
    const { broken, steps, lasted, counts: fired, firstAttempts } = await runSchedule({ seed: of });
    total.schedules += 1;
    total.steps += steps;
    total.lasted += lasted;
    total.firstAttempts.push(...firstAttempts);
    for (const [kind, times] of fired) count(counts, kind, times);
    if (broken) found = { seed: of, broken };
  }
  return total.schedules === 0 ? undefined : { ...total, counts: [...counts], found };
};

for (let report = await runHandful(); report; report = await runHandful()) {
  parentPort?.postMessage(report);
  if (report.found) break;
}
