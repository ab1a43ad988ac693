import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type Prepare, type RefusalKind, refusals, refusalsInProcess } from "./refusals.ts";

/** µs that each refusal took, by kind. */
export type Samples = ReadonlyMap<RefusalKind, readonly number[]>;

/** Kinds take turns in a new order each round, so that what the machine does meanwhile meets all alike. */
export const sampled = async (prepare: Prepare, rounds: number): Promise<Samples> => {
  const times = new Map<RefusalKind, number[]>(refusals.map((kind) => [kind, []]));
  const warmUp = Math.ceil(rounds / 5);
  for (let round = -warmUp; round < rounds; round += 1)
    for (const kind of shuffled()) {
      const refused = prepare(kind);
      const begun = process.hrtime.bigint();
      await refused();
      const took = Number(process.hrtime.bigint() - begun) / 1_000;
      if (round >= 0) times.get(kind)?.push(took);
    }
  return times;
};

const engines = 20;

/**
 * Over so many engines, each in its own thread, one after another: the same code is compiled anew in each, and happens
 * to favor another kind by a hundred nanoseconds. A tell is what all of them have in common.
 */
export const sampledByEngines = async (samples: number): Promise<Samples> => {
  const all = new Map<RefusalKind, number[]>(refusals.map((kind) => [kind, []]));
  for (let engine = 0; engine < engines; engine += 1)
    for (const [kind, times] of await anEngine(Math.ceil(samples / engines))) all.get(kind)?.push(...times);
  return all;
};

const anEngine = (rounds: number): Promise<Samples> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(import.meta.filename, { workerData: rounds });
    worker.once("message", resolve).once("error", reject);
  });

const shuffled = (): RefusalKind[] =>
  refusals
    .map((kind) => ({ kind, at: Math.random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ kind }) => kind);

if (!isMainThread) parentPort?.postMessage(await sampled(refusalsInProcess(), workerData));
