import type { Activity } from "./activity.ts";
import { type JsonObject, NotEmbedded } from "./aws.ts";
import type { Journal } from "./journal.ts";
import type { Lambda } from "./lambda.ts";
import type { Ledger } from "./ledger.ts";
import type { CloudLog } from "./log.ts";
import { feedFromQueue, type QueueMapping } from "./queue-source.ts";
import type { Sqs } from "./sqs.ts";
import { readStream, type StreamMapping, type StreamReader } from "./stream-source.ts";
import type { Switches } from "./switches.ts";
import type { BootedTable, Engine } from "./tables.ts";
import type { Assembly } from "./template.ts";

type Needs = {
  readonly assembly: Assembly;
  readonly lambda: Lambda;
  readonly sqs: Sqs;
  readonly tables: readonly BootedTable[];
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly log: CloudLog;
  readonly activity: Activity;
  readonly switches: Switches;
};
type Mapping = QueueMapping &
  StreamMapping & {
    readonly EventSourceArn: string;
    readonly FunctionName: string;
    readonly Enabled?: boolean;
  };

export type EventSources = {
  /** Tells the streams of these tables that somebody wrote. */
  written(tables: readonly string[]): void;
  stop(): void;
};

/** Every event source mapping of the templates: queues and streams that feed functions. */
export const startEventSources = async (on: Needs): Promise<EventSources> => {
  const readers: { table: string; reader: StreamReader }[] = [];
  for (const resource of on.assembly.ofType("AWS::Lambda::EventSourceMapping")) {
    assertKnown(resource.id, on.assembly.properties<JsonObject>(resource));
    const mapping = on.assembly.properties<Mapping>(resource);
    if (mapping.Enabled === false) continue;
    if (mapping.EventSourceArn.startsWith("arn:aws:sqs:")) fromQueue(on, mapping);
    else readers.push(await fromStream(on, mapping));
  }
  return {
    written: (tables) => {
      for (const { table, reader } of readers) if (tables.includes(table)) reader.wake();
    },
    stop: () => {
      for (const { reader } of readers) reader.stop();
    },
  };
};

const fromQueue = (on: Needs, mapping: Mapping): void => {
  const queue = on.sqs.find(mapping.EventSourceArn);
  const target = on.lambda.find(mapping.FunctionName);
  for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])
    target.principal.may(`sqs:${action}`, queue.arn);
  feedFromQueue(mapping, { ...on, queue, target });
};

const fromStream = async (on: Needs, mapping: Mapping): Promise<{ table: string; reader: StreamReader }> => {
  const table = on.tables.find((each) => mapping.EventSourceArn === `${each.arn}/stream/local`);
  if (!table?.engineStream) throw new NotEmbedded(`event source ${mapping.EventSourceArn}`);
  const target = on.lambda.find(mapping.FunctionName);
  for (const action of ["GetRecords", "GetShardIterator", "DescribeStream"])
    target.principal.may(`dynamodb:${action}`, mapping.EventSourceArn);
  return { table: table.name, reader: await readStream(mapping, { ...on, table, target }) };
};

const known = new Set([
  "BatchSize",
  "BisectBatchOnFunctionError",
  "DestinationConfig",
  "Enabled",
  "EventSourceArn",
  "FilterCriteria",
  "FunctionName",
  "FunctionResponseTypes",
  // Batches are taken as soon as there is something: waiting for more would only make the laptop slow.
  "MaximumBatchingWindowInSeconds",
  "MaximumRecordAgeInSeconds",
  "MaximumRetryAttempts",
  // One shard here, so one batch after the other.
  "ParallelizationFactor",
  "ScalingConfig",
  "StartingPosition",
  "Tags",
]);

const assertKnown = (id: string, properties: JsonObject): void => {
  const unknown = Object.keys(properties).find((each) => !known.has(each));
  if (unknown) throw new NotEmbedded(`${unknown} of the event source mapping ${id}`);
};
