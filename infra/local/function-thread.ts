import { Worker } from "node:worker_threads";
import type { Invoked } from "./lambda.ts";
import type { Code, FunctionFault, Order, Told, WorkerData } from "./lambda-worker.ts";
import type { Outside } from "./outside.ts";

/**
 * One thread for all functions: what their bundles share is loaded once, which is nearly all of a cold start.
 * A thread in which an invocation timed out takes no more and ends with the last one that it still has.
 */
export type Thread = {
  isOpen(): boolean;
  invoke(call: Call): Promise<Invoked>;
  stop(): Promise<void>;
};

export type Call = {
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly event: unknown;
  readonly requestId: string;
  /** Asked at the first call of a function. */
  readonly code: () => Code;
};

type Start = {
  readonly clock: SharedArrayBuffer;
  readonly outside: Outside;
  /** What a function says, by its name. */
  readonly write: (name: string | undefined, text: string) => void;
};

/** Lambda's own limit on what a function may return to a caller who waits. */
const largestResult = 6 * 1024 * 1024;

type Waiting = { readonly begins: () => void; readonly end: (invoked: Invoked) => void };

export const startThread = (start: Start): Thread => {
  const worker = workerOf(start);
  const order = (given: Order) => worker.postMessage(given);
  const waiting = new Map<number, Waiting>();
  const loaded = new Set<string>();
  let open = true;
  let count = 0;
  const settle = (id: number, invoked: Invoked) => {
    waiting.get(id)?.end(invoked);
    waiting.delete(id);
    if (!open && waiting.size === 0) void worker.terminate();
  };
  const fail = (fault: FunctionFault) => {
    open = false;
    for (const id of [...waiting.keys()]) settle(id, { fault });
  };
  worker.on("message", (told: Told) => {
    if ("said" in told) start.write(told.by, told.said.trimEnd());
    else if ("begins" in told) waiting.get(told.id)?.begins();
    else settle(told.id, invokedOf(told));
  });
  worker.on("error", (error: Error) => fail({ errorType: error.name, errorMessage: error.message }));
  worker.on("exit", () => fail(exited));
  const giveUp = (id: number, { requestId, timeoutSeconds }: Call) => {
    open = false;
    settle(id, { fault: timedOut(requestId, timeoutSeconds) });
  };
  return {
    isOpen: () => open,
    stop: async () => void (await worker.terminate()),
    invoke: (call) => {
      const { name, event, requestId, code } = call;
      count += 1;
      const id = count;
      const timeoutMs = call.timeoutSeconds * 1_000;
      if (!loaded.has(name)) order({ load: code() });
      loaded.add(name);
      order({ invoke: { id, name, event, requestId, timeoutMs } });
      let timer: NodeJS.Timeout | undefined;
      return new Promise<Invoked>((end) => {
        const begins = () => {
          timer = setTimeout(() => giveUp(id, call), timeoutMs);
        };
        waiting.set(id, { begins, end });
      }).finally(() => clearTimeout(timer));
    },
  };
};

const exited: FunctionFault = {
  errorType: "Runtime.ExitError",
  errorMessage: "Error: Runtime exited without providing a reason",
};

const workerOf = ({ clock, outside, write }: Start): Worker => {
  const worker = new Worker(new URL("./lambda-worker.ts", import.meta.url), {
    workerData: { clock, outside } satisfies WorkerData,
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  // What Node itself says; functions' words come with their names.
  for (const stream of [worker.stdout, worker.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => write(undefined, text.trimEnd()));
  return worker;
};

type Ended = Extract<Told, { readonly result: string } | { readonly error: FunctionFault }>;

const invokedOf = (ended: Ended): Invoked => {
  if ("error" in ended) return { fault: ended.error };
  if (ended.result.length <= largestResult) return { payload: JSON.parse(ended.result) as unknown };
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
