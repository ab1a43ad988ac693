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

const runHandful = async (): Promise<Report | undefined> => {
  const counts: FaultCounts = new Map();
  const report = { schedules: 0, steps: 0, lasted: 0 };
  while (report.schedules < handful && Atomics.load(next, 1) === 0) {
    const number = Atomics.add(next, 0, 1);
    if (number >= schedules) break;
    const outcome = await runSchedule({ seed: seed + number });
    report.schedules += 1;
    report.steps += outcome.steps;
    report.lasted += outcome.lasted;
    for (const [kind, times] of outcome.counts)
      for (let each = 0; each < times; each += 1) count(counts, kind);
    if (outcome.broken)
      return { ...report, counts: [...counts], found: { seed: outcome.seed, broken: outcome.broken } };
  }
  return report.schedules === 0 ? undefined : { ...report, counts: [...counts] };
};

for (let report = await runHandful(); report; report = await runHandful()) {
  parentPort?.postMessage(report);
  if (report.found) break;
}
