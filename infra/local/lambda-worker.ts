import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";

/** What runs inside a function's thread. Its environment and credentials came with the thread. */
export type Invocation = {
  readonly id: number;
  readonly event: unknown;
  readonly requestId: string;
  /** Counts from the moment that the function's module is loaded, as on AWS. */
  readonly timeoutMs: number;
};
export type Outcome =
  | { readonly ready: true }
  | { readonly id: number; readonly result: string }
  | { readonly id: number; readonly error: FunctionFault };
export type FunctionFault = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
};
export type WorkerData = { readonly entry: string; readonly clock: SharedArrayBuffer };

type Handler = (event: unknown, context: object) => Promise<unknown>;

const realNow = Date.now.bind(Date);

const faultOf = (error: unknown): FunctionFault =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") }
    : { errorType: "string", errorMessage: String(error) };

const contextOf = (invocation: Invocation, deadline: number): object => ({
  awsRequestId: invocation.requestId,
  functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
  functionVersion: "$LATEST",
  invokedFunctionArn: process.env["LOCAL_FUNCTION_ARN"],
  memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
  logGroupName: process.env["AWS_LAMBDA_LOG_GROUP_NAME"],
  logStreamName: "local",
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => Math.max(0, deadline - realNow()),
});

const run = async (handler: Promise<Handler>, invocation: Invocation): Promise<Outcome> => {
  try {
    const handle = await handler;
    const context = contextOf(invocation, realNow() + invocation.timeoutMs);
    const result = await handle(invocation.event, context);
    return { id: invocation.id, result: JSON.stringify(result ?? null) };
  } catch (error) {
    return { id: invocation.id, error: faultOf(error) };
  }
};

const start = ({ entry, clock }: WorkerData): void => {
  process.setSourceMapsEnabled(true);
  const ahead = new Float64Array(clock);
  Date.now = () => realNow() + (ahead[0] ?? 0);
  const handler = import(pathToFileURL(entry).href).then((loaded: { handler?: Handler }) => {
    if (!loaded.handler) throw new Error(`${entry} exports no handler`);
    return loaded.handler;
  });
  const say = (outcome: Outcome) => parentPort?.postMessage(outcome);
  void handler.catch(() => undefined).then(() => say({ ready: true }));
  parentPort?.on("message", (invocation: Invocation) => void run(handler, invocation).then(say));
};

start(workerData as WorkerData);
