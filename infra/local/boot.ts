import { join } from "node:path";
import type { Service } from "./aws.ts";
import { startClock } from "./clock.ts";
import type { CloudOptions } from "./cloud.ts";
import { startEventBus } from "./event-bus.ts";
import { startEventSources } from "./event-sources.ts";
import { faultTap } from "./fault-tap.ts";
import { startFront } from "./front.ts";
import { startGateway } from "./gateway.ts";
import { gatewayModels } from "./gateway-model.ts";
import type { Listening } from "./http.ts";
import { type Credentials, startIam } from "./iam.ts";
import { openJournal, type JournalEntry } from "./journal.ts";
import { keptIn } from "./kept.ts";
import { startKms } from "./kms.ts";
import { type Lambda, startLambda } from "./lambda.ts";
import { lambdaService } from "./lambda-api.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import type { CloudLog } from "./log.ts";
import type { Queue } from "./queue.ts";
import { startSchedules } from "./schedule.ts";
import { startSecrets } from "./secrets.ts";
import { startSqs } from "./sqs.ts";
import { startMachines } from "./state-machine.ts";
import { machineService } from "./state-machine-api.ts";
import { tableService } from "./table-service.ts";
import { bootTables, engineAt } from "./tables.ts";
import { readAssembly } from "./template.ts";

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
  readonly lambda: Lambda;
  readonly ledger: Ledger;
  readonly queues: readonly Queue[];
  readonly journal: readonly JournalEntry[];
  readonly log: CloudLog;
  sweep(): Promise<void>;
  advance(milliseconds: number): void;
  idle(): Promise<void>;
  stop(): Promise<void>;
};

export const boot = async (ground: Ground): Promise<Booted> => {
  throw new Error("todo");
};
