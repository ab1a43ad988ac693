import { Worker } from "node:worker_threads";
import { allFaults, count, type FaultCounts } from "./engine/faults.ts";
import type { Broken } from "./schedule.ts";

export type Campaign = {
  readonly seed: number;
  readonly schedules: number;
  readonly minutes?: number | undefined;
  readonly workers: number;
  /** Where a planted bug is loaded from; see `planted/`. */
  readonly planted?: string | undefined;
};

export type Finding = { readonly seed: number; readonly broken: Broken };

/** What a worker tells after each handful of schedules. */
export type Report = {
  readonly schedules: number;
  readonly steps: number;
  readonly lasted: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly firstAttempts: readonly number[];
  readonly found?: Finding | undefined;
};

export type Result = {
  readonly schedules: number;
  readonly steps: number;
  /** Virtual milliseconds. */
  readonly lasted: number;
  readonly counts: FaultCounts;
  /** Of those in which nothing went wrong: virtual milliseconds from an event to its webhook's first attempt. */
  readonly firstAttempts: readonly number[];
  /** With the lowest seed, when several workers found something. */
  readonly found: Finding | undefined;
};

/**
 * Runs schedules on several threads until all are done, the time is up or one has broken a promise. The seeds are
 * consecutive, so what is found does not depend on the number of workers.
 */
export const runCampaign = async (
  campaign: Campaign,
  progress: (so: Result) => void = () => undefined,
): Promise<Result> => {
  const shared = new SharedArrayBuffer(8);
  const next = new Int32Array(shared);
  const total = {
    schedules: 0,
    steps: 0,
    lasted: 0,
    counts: new Map() as FaultCounts,
    firstAttempts: [] as number[],
  };
  let found: Finding | undefined;
  const stop = () => void Atomics.store(next, 1, 1);
  const take = (report: Report) => {
    total.schedules += report.schedules;
    total.steps += report.steps;
    total.lasted += report.lasted;
    for (const [kind, times] of report.counts) count(total.counts, kind, times);
    total.firstAttempts.push(...report.firstAttempts);
    found = earlier(found, report.found);
    if (found) stop();
    progress({ ...total, found });
  };
  const timer = campaign.minutes && setTimeout(stop, campaign.minutes * 60_000);
  try {
    await Promise.all(
      Array.from({ length: campaign.workers }, () => runWorker({ ...campaign, shared }, take)),
    );
  } finally {
    if (timer) clearTimeout(timer);
  }
  return { ...total, found };
};

/** So many schedules meet every fault there is; fewer may miss a rare one by chance. */
export const enough = 2_000;

/** The faults that never fired. */
export const missing = ({ counts }: Result): string[] => allFaults.filter((fault) => !counts.has(fault));

export const p99 = (all: readonly number[]): number =>
  all.toSorted((left, right) => left - right)[Math.ceil(all.length * 0.99) - 1] ?? Number.NaN;

const earlier = (left: Finding | undefined, right: Finding | undefined): Finding | undefined =>
  left && (!right || left.seed < right.seed) ? left : right;

const runWorker = (workerData: Campaign & { shared: SharedArrayBuffer }, take: (report: Report) => void) =>
  new Promise<void>((resolve, reject) => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData });
    worker.on("message", take);
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
