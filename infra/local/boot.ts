import { join } from "node:path";
import { countActivity } from "./activity.ts";
import type { Service } from "./aws.ts";
import { restoringFrom } from "./backup.ts";
import { startClock } from "./clock.ts";
import type { CloudOptions } from "./cloud.ts";
import { startEventBus } from "./event-bus.ts";
import { startEventSources } from "./event-sources.ts";
import { faultTap, type Tap } from "./fault-tap.ts";
import { startFront } from "./front.ts";
import { startGateway } from "./gateway.ts";
import { gatewayModels } from "./gateway-model.ts";
import { bundleHandlers } from "./handlers.ts";
import type { Listening } from "./http.ts";
import { type Credentials, startIam } from "./iam.ts";
import { type JournalEntry, openJournal } from "./journal.ts";
import { keptIn } from "./kept.ts";
import { startKms } from "./kms.ts";
import { entryOf, type Lambda, startLambda } from "./lambda.ts";
import { lambdaService } from "./lambda-api.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import type { CloudLog } from "./log.ts";
import type { Queue } from "./queue.ts";
import { startSchedules } from "./schedule.ts";
import { startSecrets } from "./secrets.ts";
import { startSqs } from "./sqs.ts";
import { startMachines } from "./state-machine.ts";
import { machineService } from "./state-machine-api.ts";
import { startSwitches } from "./switches.ts";
import { tableService } from "./table-service.ts";
import { bootTables, engineAt } from "./tables.ts";
import { type Assembly, readAssembly } from "./template.ts";

/** Everything that `startCloud` has found out before the engines start. */
type Ground = Omit<CloudOptions, "log" | "assembly"> & {
  readonly log: CloudLog;
  /** Directory of the synthesized templates. */
  readonly assembly: string;
  readonly root: string;
  /** Of the DynamoDB engine. */
  readonly endpoint: string;
};

export type Booted = {
  readonly apis: Readonly<Record<string, string>>;
  readonly endpoint: string;
  readonly operator: Credentials;
  readonly credentialsOf: (role: string) => Credentials;
  readonly now: () => number;
  readonly lambda: Lambda;
  readonly ledger: Ledger;
  readonly queues: readonly Queue[];
  readonly journal: readonly JournalEntry[];
  readonly log: CloudLog;
  sweep(within?: number): Promise<void>;
  advance(milliseconds: number): void;
  readonly arm: Tap["arm"];
  idle(): Promise<void>;
  stop(): Promise<void>;
};

/** Reads the templates and starts an engine for each kind of resource in them. */
export const boot = async (ground: Ground): Promise<Booted> => {
  const ports = await openPorts(ground);
  const core = { ...ports, ...startCore(ground, ports) };
  const edge = await startEdge(ground, core);
  const { lambda, sqs, log, ledger, activity, clock } = core;
  return {
    apis: edge.apis,
    endpoint: core.front.url,
    operator: core.iam.credentials(core.iam.operator),
    credentialsOf: (role) => core.iam.credentials(core.iam.principal(roleArn(core.assembly, role), role)),
    now: clock.now,
    lambda,
    ledger,
    log,
    queues: sqs.queues,
    journal: core.journal.entries,
    sweep: edge.schedules.sweep,
    advance: clock.advance,
    arm: core.arm,
    idle: () => activity.idle(() => sqs.queues.some((queue) => queue.hasReaders() && queue.visible() > 0)),
    stop: async () => {
      edge.stop();
      for (const queue of sqs.queues) queue.stop();
      await Promise.all([...edge.gateways, core.front].map((each) => each.stop()));
      await lambda.stop();
      await log.close();
    },
  };
};

/** By what the template calls it, without the hash. */
const roleArn = (assembly: Assembly, id: string): string => {
  const found = assembly.ofType("AWS::IAM::Role").find((role) => role.id.slice(0, -8) === id);
  if (!found) throw new Error(`there is no role ${id}`);
  return assembly.attribute(found, "Arn");
};

type Ports = Awaited<ReturnType<typeof openPorts>>;
type Core = Ports & ReturnType<typeof startCore>;

/** The front listens first, because queues are named by its URL; its services come later. */
const openPorts = async (ground: Ground) => {
  const { log } = ground;
  const [clock, ledger, activity] = [startClock(), openLedger(), countActivity()];
  const switches = startSwitches();
  const { tapped, arm } = faultTap(ground.faultTap);
  const services: Record<string, Service> = {};
  const frontUrl = () => front.url;
  const assembly = readAssembly(ground.assembly, { frontUrl });
  const iam = startIam(assembly, (message) => log.loud("iam", message));
  const front = await startFront(0, { iam, ledger, log, tapped, services });
  const gatewayUrls = new Map<string, string>();
  const entries = assembly.ofType("AWS::Lambda::Function").map(entryOf);
  const bundleOf = await bundleHandlers([...new Set(entries)], ground);
  return {
    bundleOf,
    log,
    clock,
    switches,
    ledger,
    activity,
    tapped,
    arm,
    services,
    frontUrl,
    assembly,
    iam,
    front,
    gatewayUrls,
  };
};

/** Everything that functions call, but tables and the bus. */
const startCore = (ground: Ground, ports: Ports) => {
  const { assembly, gatewayUrls, services } = ports;
  const journal = openJournal(ground.journal === true);
  const localize = localizer(gatewayUrls, ground.variables ?? {});
  const lambda = startLambda({ ...ports, localize, standIn: ground.functions, outside: ground.outside });
  const { service: kms, keyUse } = startKms(assembly, keptIn(fileIn(ground, "keys.json")));
  const given = secretsOf(lambda, ground.secrets ?? {});
  const kept = keptIn(fileIn(ground, "secrets.json"));
  const messages = ground.data === undefined ? undefined : keptIn(fileIn(ground, "queues.json"));
  const sqs = startSqs({ ...ports, keyUse, kept: messages });
  const machines = startMachines({ ...ports, lambda, journal: journal.record });
  services["kms"] = kms;
  services["secretsmanager"] = startSecrets(assembly, { kept, keyUse, given });
  services["sqs"] = sqs.service;
  services["lambda"] = lambdaService({ ...ports, lambda });
  services["states"] = machineService(machines);
  return { journal, lambda, keyUse, sqs, reach: { ...ports, lambda, sqs, machines } };
};

/** What calls functions: streams, queues, rules, schedules and the REST APIs. */
const startEdge = async (ground: Ground, core: Core) => {
  const { assembly, clock, log, lambda, services, gatewayUrls } = core;
  const engine = engineAt(ground.endpoint);
  const tables = await bootTables(assembly, engine);
  const journal = core.journal.record;
  const sources = await startEventSources({ ...core, tables, engine, journal });
  services["dynamodb"] = tableService({
    ...core,
    tables,
    endpoint: ground.endpoint,
    written: sources.written,
    restore: restoringFrom(ground.data, engine),
  });
  services["events"] = startEventBus({ ...core, journal, otherBuses: ground.otherBuses });
  const schedules = startSchedules({ ...core, timed: ground.schedules !== false });
  const gateways: Listening[] = [];
  const apis: Record<string, string> = {};
  for (const [index, model] of gatewayModels(assembly).entries()) {
    const port = ground.port ? ground.port + index : 0;
    const gateway = await startGateway(port, model, {
      lambda,
      iam: core.iam,
      log,
      now: clock.now,
      overhear: ground.overhear,
    });
    gateways.push(gateway);
    apis[model.name] = gateway.url;
    gatewayUrls.set(model.url, gateway.url);
  }
  const stop = () => {
    sources.stop();
    schedules.stop();
  };
  return { apis, gateways, schedules, stop };
};

/** A REST API is on its own port here, and some variables are known only now: where the embedded Stripe is. */
const localizer =
  (urls: ReadonlyMap<string, string>, overrides: Readonly<Record<string, string>>) =>
  (variables: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(variables).map(([name, value]) => {
        const found = [...urls].find(([deployed]) => value.startsWith(deployed));
        const local = found ? value.replace(found[0], found[1]).replace(/\/$/, "") : value;
        return [name, overrides[name] ?? local];
      }),
    );

const secretsOf = (lambda: Lambda, values: Readonly<Record<string, string>>): Record<string, string> => {
  const given: Record<string, string> = {};
  for (const variables of lambda.functions.map((each) => each.variables()))
    for (const [name, value] of Object.entries(values)) {
      const arn = variables[name];
      if (arn) given[arn] = value;
    }
  return given;
};

const fileIn = (ground: Ground, name: string): string | undefined =>
  ground.data === undefined ? undefined : join(ground.data, name);
