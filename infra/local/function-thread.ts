import { Worker } from "node:worker_threads";
import type { Invoked } from "./lambda.ts";
import type { FunctionFault, Invocation, Outcome, WorkerData } from "./lambda-worker.ts";

/**
 * One thread a function: own module state, own environment, a real cold start. Unlike on AWS its invocations
 * share it; a thread whose invocation timed out takes no more and ends with the last one that it still has.
 */
export type Thread = {
  isOpen(): boolean;
  invoke(event: unknown, requestId: string): Promise<Invoked>;
  stop(): Promise<void>;
};

type Start = {
  readonly entry: string;
  readonly environment: Record<string, string>;
  readonly clock: SharedArrayBuffer;
  readonly timeoutSeconds: number;
  readonly write: (text: string) => void;
};

/** Lambda's own limit on what a function may return to a caller who waits. */
const largestResult = 6 * 1024 * 1024;

export const startThread = (start: Start): Thread => {
  const worker = workerOf(start);
  const waiting = new Map<number, (invoked: Invoked) => void>();
  const loaded = Promise.withResolvers<void>();
  let open = true;
  let count = 0;
  const settle = (id: number, invoked: Invoked) => {
    waiting.get(id)?.(invoked);
    waiting.delete(id);
    if (!open && waiting.size === 0) void worker.terminate();
  };
  const fail = (fault: FunctionFault) => {
    open = false;
    for (const id of [...waiting.keys()]) settle(id, { fault });
  };
  worker.on("message", (outcome: Outcome) => {
    if ("ready" in outcome) loaded.resolve();
    else settle(outcome.id, invokedOf(outcome));
  });
  worker.on("error", (error: Error) => fail({ errorType: error.name, errorMessage: error.message }));
  worker.on("exit", () => fail(exited));
  const giveUp = (id: number, requestId: string) => {
    open = false;
    settle(id, { fault: timedOut(requestId, start.timeoutSeconds) });
  };
  return {
    isOpen: () => open,
    stop: async () => void (await worker.terminate()),
    invoke: async (event, requestId) => {
      count += 1;
      const id = count;
      const answered = new Promise<Invoked>((resolve) => waiting.set(id, resolve));
      const timeoutMs = start.timeoutSeconds * 1_000;
      worker.postMessage({ id, event, requestId, timeoutMs } satisfies Invocation);
      await Promise.race([loaded.promise, answered]);
      const timer = setTimeout(() => giveUp(id, requestId), timeoutMs);
      return answered.finally(() => clearTimeout(timer));
    },
  };
};

const exited: FunctionFault = {
  errorType: "Runtime.ExitError",
  errorMessage: "Error: Runtime exited without providing a reason",
};

const workerOf = (start: Start): Worker => {
  const { NODE_OPTIONS: _, ...environment } = start.environment;
  const worker = new Worker(new URL("./lambda-worker.ts", import.meta.url), {
    workerData: { entry: start.entry, clock: start.clock } satisfies WorkerData,
    env: environment,
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => start.write(text.trimEnd()));
  return worker;
};

const invokedOf = (outcome: Exclude<Outcome, { ready: true }>): Invoked => {
  if ("error" in outcome) return { fault: outcome.error };
  if (outcome.result.length <= largestResult) return { payload: JSON.parse(outcome.result) as unknown };
  return {
    fault: {
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: `Response payload size exceeded maximum allowed payload size (${largestResult} bytes).`,
    },
  };
};

const timedOut = (requestId: string, timeoutSeconds: number): FunctionFault => ({
  errorType: "Sandbox.Timedout",
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
});
