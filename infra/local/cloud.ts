import { globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { backUp, tablesFile } from "./backup.ts";
import { type Booted, boot } from "./boot.ts";
import { type DynamoDb, startDynamoDb } from "./dynamodb.ts";
import type { OtherBuses } from "./event-bus.ts";
import type { FaultTap } from "./fault-tap.ts";
import type { Overhear } from "./gateway.ts";
import { bundleHandlers } from "./handlers.ts";
import type { JournalEntry } from "./journal.ts";
import type { Invoked, StandIn } from "./lambda.ts";
import { openLog } from "./log.ts";
import type { Outside } from "./outside.ts";
import { synthesize } from "./synth.ts";

export type CloudOptions = {
  /** Keeps tables, keys and secrets over restarts. */
  readonly data?: string;
  /** The first REST API's port, the next ones follow; free ports without it, and for the front. */
  readonly port?: number;
  readonly faultTap?: FaultTap;
  /** `false` leaves schedules to `sweep()`. */
  readonly schedules?: boolean;
  /** File for logs. */
  readonly log?: string;
  readonly journal?: boolean;
  /** The CDK app; a synthesized `assembly` is taken as it is. */
  readonly app?: string;
  readonly assembly?: string;
  /** Overrides variables that a function's template declares, such as `STRIPE_API_BASE`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Values of secrets, by the variable under which functions are given their ARN. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Buses in other accounts that let this one put events, by ARN: each is told what comes. */
  readonly otherBuses?: OtherBuses;
  /** What functions find where they are sent, beside what is there. */
  readonly outside?: Outside;
  /** Gets all that callers ask of the REST APIs, with what they are answered. */
  readonly overhear?: Overhear;
  /** Stands for the code of every function: what calls them can be looked at alone. */
  readonly functions?: StandIn;
};

export type Cloud = {
  /** Base URLs of the REST APIs by the name in their template. */
  readonly apis: Readonly<Record<string, string>>;
  readonly urls: { readonly agentApi: string; readonly storeApi: string };
  /** `AWS_ENDPOINT_URL` of every AWS API. */
  readonly endpoint: string;
  /** A key that may do everything, for the operator's command line. */
  readonly operator: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A key of a role for people. */
  readonly credentialsOf: Booted["credentialsOf"];
  /** Keeps the tables as they are now, to be restored to this moment, which it answers; wants `data`. */
  backUp(): number;
  /** Calls a function by name, ARN or path (`operator/operator`) as the operator would. */
  invoke(target: string, event: unknown): Promise<unknown>;
  tryInvoke(target: string, event: unknown): Promise<Invoked>;
  /** Runs every schedule once and waits; or those only that come at least once in so many milliseconds. */
  sweep(within?: number): Promise<void>;
  /** Moves the clock of functions, queues and schedules. */
  advance(milliseconds: number): void;
  /** Sets the fault tap anew, or takes it away. */
  readonly arm: Booted["arm"];
  /** Waits until no function runs and no message is visible. */
  idle(): Promise<void>;
  readonly ledger: Booted["ledger"];
  readonly queues: Booted["queues"];
  readonly journal: readonly JournalEntry[];
  readonly log: Booted["log"];
  stop(): Promise<void>;
};

const root = fileURLToPath(new URL("../..", import.meta.url));
const everyHandler = "functions/**/*.handler.ts";

/** Boots the CDK app's templates on embedded engines, in this process and on loopback. */
export const startCloud = async (options: CloudOptions = {}): Promise<Cloud> => {
  if (options.data) mkdirSync(options.data, { recursive: true });
  const log = openLog(options.log);
  const database = databaseOf(options);
  const assembly = await assemblyOf(options).catch(async (error: unknown) => {
    await (await database).stop();
    throw error;
  });
  const engine = await database;
  try {
    const booted = await boot({ ...options, log, assembly, root, endpoint: engine.endpoint });
    const cleanUp = () => options.assembly ?? rmSync(assembly, { recursive: true, force: true });
    return cloudOf(booted, engine, { cleanUp, data: options.data });
  } catch (error) {
    await engine.stop();
    throw error;
  }
};

/** `DYNAMODB_ENDPOINT` brings an engine where the platform has none. */
const databaseOf = async (options: CloudOptions): Promise<DynamoDb> => {
  const endpoint = process.env["DYNAMODB_ENDPOINT"];
  if (endpoint) return { endpoint, stop: async () => undefined };
  if (!options.data) return startDynamoDb();
  // As the last run left it: on AWS every second of the last weeks is kept, here each start.
  backUp(options.data, Date.now());
  return startDynamoDb({ dbPath: join(options.data, tablesFile) });
};

const assemblyOf = async (options: CloudOptions): Promise<string> => {
  if (options.assembly) return options.assembly;
  const directory = mkdtempSync(join(tmpdir(), "agentic-checkout-"));
  // A processor each: which handlers there are needs no template.
  const ours =
    options.app === undefined &&
    bundleHandlers(globSync(everyHandler, { cwd: root }), { root, assembly: directory });
  await Promise.all([synthesize(options.app ?? join(root, "infra/app.ts"), directory, root), ours]);
  return directory;
};

type Ground = { readonly cleanUp: () => unknown; readonly data: string | undefined };

const cloudOf = (booted: Booted, engine: DynamoDb, { cleanUp, data }: Ground): Cloud => {
  const tryInvoke: Cloud["tryInvoke"] = (target, event) =>
    booted.lambda.invoke(booted.lambda.find(target), event, "operator");
  const api = (part: string) => Object.entries(booted.apis).find(([name]) => name.includes(part))?.[1] ?? "";
  return {
    apis: booted.apis,
    urls: { agentApi: api("agent"), storeApi: api("store") },
    endpoint: booted.endpoint,
    operator: booted.operator,
    credentialsOf: booted.credentialsOf,
    backUp: () => backUp(data, booted.now()),
    ledger: booted.ledger,
    queues: booted.queues,
    journal: booted.journal,
    log: booted.log,
    tryInvoke,
    invoke: async (target, event) => {
      const invoked = await tryInvoke(target, event);
      if ("fault" in invoked)
        throw new Error(`${target}: ${invoked.fault.errorType} ${invoked.fault.errorMessage}`);
      return invoked.payload;
    },
    sweep: booted.sweep,
    advance: booted.advance,
    arm: booted.arm,
    idle: booted.idle,
    stop: async () => {
      await booted.stop();
      await engine.stop();
      cleanUp();
    },
  };
};
