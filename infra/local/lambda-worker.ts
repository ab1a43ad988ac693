import { AsyncLocalStorage } from "node:async_hooks";
import { syncBuiltinESMExports } from "node:module";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { meetOutside, type Outside } from "./outside.ts";

/** A function's code with the environment and credentials that only it has. */
export type Code = {
  readonly name: string;
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
};
export type Invocation = {
  readonly id: number;
  /** Of the function. */
  readonly name: string;
  readonly event: unknown;
  readonly requestId: string;
  readonly timeoutMs: number;
};
export type Order = { readonly load: Code } | { readonly invoke: Invocation };
export type Told =
  /** Its time counts from here: the function's module is loaded. */
  | { readonly id: number; readonly begins: true }
  | { readonly id: number; readonly result: string }
  | { readonly id: number; readonly error: FunctionFault }
  | { readonly by: string | undefined; readonly said: string };
export type FunctionFault = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
};
export type WorkerData = { readonly clock: SharedArrayBuffer; readonly outside: Outside };

type Handler = (event: unknown, context: object) => Promise<unknown>;
type Loaded = Code & { readonly handler: Promise<Handler> };

const realNow = Date.now.bind(Date);
/** Whose code runs: it follows every `await` and callback. */
const running = new AsyncLocalStorage<Code>();
const functions = new Map<string, Loaded>();
const tell = (told: Told) => parentPort?.postMessage(told);

const load = (code: Code): void => {
  // The name makes the entry this function's own, even where two functions have the same one.
  const url = `${pathToFileURL(code.entry).href}?${code.name}`;
  const handler = running.run(code, () =>
    import(url).then((loaded: { handler?: Handler }) => {
      if (!loaded.handler) throw new Error(`${code.entry} exports no handler`);
      return loaded.handler;
    }),
  );
  // Every invocation hears of it.
  handler.catch(() => undefined);
  functions.set(code.name, { ...code, handler });
};

const run = async (invocation: Invocation): Promise<void> => {
  const { id, name, event, timeoutMs } = invocation;
  const code = functions.get(name);
  if (!code) throw new Error(`${name} was not loaded`);
  try {
    const handler = await code.handler.finally(() => tell({ id, begins: true }));
    const context = contextOf(code, invocation, realNow() + timeoutMs);
    const result = await running.run(code, () => handler(event, context));
    tell({ id, result: JSON.stringify(result ?? null) });
  } catch (error) {
    tell({ id, error: faultOf(error) });
  }
};

const faultOf = (error: unknown): FunctionFault =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") }
    : { errorType: "string", errorMessage: String(error) };

const contextOf = ({ environment }: Code, { requestId }: Invocation, deadline: number): object => ({
  awsRequestId: requestId,
  functionName: environment["AWS_LAMBDA_FUNCTION_NAME"],
  functionVersion: "$LATEST",
  invokedFunctionArn: environment["LOCAL_FUNCTION_ARN"],
  memoryLimitInMB: environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
  logGroupName: environment["AWS_LAMBDA_LOG_GROUP_NAME"],
  logStreamName: "local",
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => Math.max(0, deadline - realNow()),
});

/** `process.env` is the running function's own; nobody's has a variable in it that its template does not give. */
const separateEnvironments = (): void => {
  const own = () => running.getStore()?.environment ?? {};
  process.env = new Proxy<Record<string, string>>(
    {},
    {
      get: (_, name) => Reflect.get(own(), name),
      set: (_, name, value) => Reflect.set(own(), name, String(value)),
      has: (_, name) => Reflect.has(own(), name),
      deleteProperty: (_, name) => Reflect.deleteProperty(own(), name),
      ownKeys: () => Reflect.ownKeys(own()),
      getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(own(), name),
    },
  );
  syncBuiltinESMExports();
};

const nameWhoSpeaks = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.write = (said: string | Uint8Array) => {
      tell({ by: running.getStore()?.name, said: String(said) });
      return true;
    };
};

const start = ({ clock, outside }: WorkerData): void => {
  process.setSourceMapsEnabled(true);
  const ahead = new Float64Array(clock);
  Date.now = () => realNow() + (ahead[0] ?? 0);
  separateEnvironments();
  meetOutside(outside);
  nameWhoSpeaks();
  parentPort?.on("message", (order: Order) => ("load" in order ? load(order.load) : void run(order.invoke)));
};

start(workerData as WorkerData);
