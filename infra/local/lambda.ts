import { randomUUID } from "node:crypto";
import pLimit from "p-limit";
import type { Activity } from "./activity.ts";
import { AwsError, type JsonObject, NotEmbedded, type Principal, region } from "./aws.ts";
import type { CloudClock } from "./clock.ts";
import type { Tapped } from "./fault-tap.ts";
import { startThread, type Thread } from "./function-thread.ts";
import type { Iam } from "./iam.ts";
import type { FunctionFault } from "./lambda-worker.ts";
import type { Ledger } from "./ledger.ts";
import type { CloudLog } from "./log.ts";
import type { Outside } from "./outside.ts";
import type { Switches } from "./switches.ts";
import type { Assembly, Resource } from "./template.ts";

/** A function of the templates. */
export type BootedFunction = {
  readonly name: string;
  readonly arn: string;
  /** `checkout/sweep-checkouts`: its handler's file without ending, below `functions/`. */
  readonly path: string;
  /** Its handler's file, from the root of the repository. */
  readonly entry: string;
  readonly principal: Principal;
  readonly timeoutSeconds: number;
  /** The variables that its template gives it. */
  readonly variables: () => Readonly<Record<string, string>>;
};

/** A payload, or the fault that the function ended with. */
export type Invoked = { readonly payload: unknown } | { readonly fault: FunctionFault };

export type Lambda = {
  readonly functions: readonly BootedFunction[];
  /** By name, ARN (with or without a version) or path. */
  find(name: string): BootedFunction;
  invoke(target: BootedFunction, event: unknown, by: string): Promise<Invoked>;
  stop(): Promise<void>;
};

type Needs = {
  readonly assembly: Assembly;
  readonly iam: Iam;
  readonly log: CloudLog;
  readonly ledger: Ledger;
  readonly clock: CloudClock;
  readonly tapped: Tapped;
  readonly activity: Activity;
  readonly switches: Switches;
  readonly frontUrl: () => string;
  /** The template's variables as this place needs them. */
  readonly localize: (variables: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** The bundle of a handler's file. */
  readonly bundleOf: (entry: string) => string;
  /** Stands for the code of every function. */
  readonly standIn?: StandIn | undefined;
  readonly outside?: Outside | undefined;
};

/** What a test lets functions do; a throw is their fault. */
export type StandIn = (path: string, event: unknown) => Promise<unknown>;

type Properties = {
  readonly FunctionName?: string;
  readonly Role: string;
  readonly Runtime: string;
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
};

/**
 * So many of one function run at once, and the time of the others has not begun: AWS gives each a processor of its own,
 * here they would only slow each other down, past their time limits.
 */
const atOnce = 8;

const turnsOf = (functions: readonly BootedFunction[]) => {
  const turns = new Map(functions.map(({ name }) => [name, pLimit(atOnce)]));
  return (name: string, run: () => Promise<Invoked>) => turns.get(name)?.(run) ?? run();
};

export const startLambda = (on: Needs): Lambda => {
  const functions = on.assembly.ofType("AWS::Lambda::Function").map((each) => functionOf(on, each));
  const inTurn = turnsOf(functions);
  const threads = new Set<Thread>();
  let stopped = false;
  const openThread = (): Thread => {
    if (stopped) throw new Error("the cloud has stopped");
    for (const thread of threads) if (thread.isOpen()) return thread;
    const write = (name: string | undefined, text: string) =>
      on.log.write(functions.find((each) => each.name === name)?.path ?? "lambda", text);
    const thread = startThread({ clock: on.clock.shared, outside: on.outside ?? {}, write });
    threads.add(thread);
    return thread;
  };
  const find = (name: string): BootedFunction => {
    const found = functions.find((each) => [each.name, each.path, each.arn].includes(unversioned(name)));
    if (found) return found;
    throw new AwsError("ResourceNotFoundException", `Function not found: ${name}`, 404);
  };
  const invoke: Lambda["invoke"] = async (target, event, by) => {
    if (on.switches.isOff("function", target.name)) return { fault: throttled };
    const ended = on.ledger.count({ service: "lambda", action: `Invoke:${target.path}`, by });
    const step = { service: "lambda", action: "Invoke", function: target.path };
    const { name, timeoutSeconds } = target;
    const code = () => ({ name, entry: on.bundleOf(target.entry), environment: environmentOf(on, target) });
    const run = async () =>
      on.standIn
        ? { payload: await on.standIn(target.path, event) }
        : openThread().invoke({ name, timeoutSeconds, event, requestId: randomUUID(), code });
    const invoked = await on.activity
      .during(() => on.tapped(step, () => inTurn(name, run)))
      .catch((error: Error) => ({ fault: { errorType: error.name, errorMessage: error.message } }))
      .finally(ended);
    if ("fault" in invoked) on.log.write(target.path, `failed: ${JSON.stringify(invoked.fault)}`);
    return invoked;
  };
  return {
    functions,
    find,
    invoke,
    stop: async () => {
      stopped = true;
      await Promise.all([...threads].map((each) => each.stop()));
    },
  };
};

const throttled = { errorType: "TooManyRequestsException", errorMessage: "Rate Exceeded." };

const unversioned = (name: string): string => name.replace(/^(arn:(?:[^:]*:){5}[^:]+):.*$/, "$1");

/** Where a function's code is, from the root of the repository. */
export const entryOf = (resource: Resource): string => {
  const { entry } = resource.metadata;
  if (typeof entry === "string" && entry.endsWith(".handler.ts")) return entry;
  throw new NotEmbedded(`function ${resource.stack}/${resource.id} without Metadata.entry`);
};

const functionOf = (on: Needs, resource: Resource): BootedFunction => {
  const properties = on.assembly.properties<JsonObject>(resource) as unknown as Properties;
  const entry = entryOf(resource);
  const path = entry.replace(/^functions\//, "").replace(/\.handler\.ts$/, "");
  if (!properties.Runtime.startsWith("nodejs"))
    throw new NotEmbedded(`runtime ${properties.Runtime} of ${path}`);
  return {
    path,
    entry,
    name: on.assembly.ref(resource),
    arn: on.assembly.attribute(resource, "Arn"),
    principal: on.iam.principal(properties.Role, path),
    timeoutSeconds: properties.Timeout ?? 3,
    variables: () => on.localize(properties.Environment?.Variables ?? {}),
  };
};

const environmentOf = (on: Needs, target: BootedFunction): Record<string, string> => {
  const { accessKeyId, secretAccessKey } = on.iam.credentials(target.principal);
  return {
    PATH: process.env["PATH"] ?? "",
    TZ: ":UTC",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: "local",
    AWS_ENDPOINT_URL: on.frontUrl(),
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: target.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${target.name}`,
    LOCAL_FUNCTION_ARN: target.arn,
    ...target.variables(),
  };
};
