import type { Activity } from "./activity.ts";
import { type JsonObject, NotEmbedded, region } from "./aws.ts";
import { assertKnown, fits, type Pattern } from "./event-pattern.ts";
import type { BootedFunction, Invoked, Lambda } from "./lambda.ts";
import type { CloudLog } from "./log.ts";
import type { Sqs } from "./sqs.ts";
import type { BootedTable, Engine } from "./tables.ts";

/** An event source mapping from a table's stream, as the template has it. */
export type StreamMapping = {
  readonly BatchSize?: number;
  readonly BisectBatchOnFunctionError?: boolean;
  readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern: string }[] };
  readonly FunctionResponseTypes?: readonly string[];
  readonly MaximumRetryAttempts?: number;
  readonly StartingPosition?: string;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
};

type Needs = {
  readonly table: BootedTable;
  readonly target: BootedFunction;
  readonly engine: Engine;
  readonly lambda: Lambda;
  readonly sqs: Sqs;
  readonly log: CloudLog;
  readonly activity: Activity;
};
type Record_ = JsonObject & { readonly dynamodb: { readonly SequenceNumber: string } };
/** `wake` after a write; without writes nothing is read. */
export type StreamReader = { wake(): void; stop(): void };

/** Retries for ever would be AWS's default for a day; a laptop's log is full sooner. */
const mostTries = 10;

/** Reads the stream whenever somebody wrote, and feeds what the filter lets through, in order. */
export const readStream = async (mapping: StreamMapping, on: Needs): Promise<StreamReader> => {
  const wants = filterOf(mapping, on.target.path);
  const next = await positionOf(mapping, on);
  let stopped = false;
  let queued = false;
  let done = Promise.resolve();
  const drain = async () => {
    queued = false;
    for (let records = await next(); records.length > 0 && !stopped; records = await next())
      await feed(mapping, on, records.filter(wants));
  };
  const failed = (error: Error) => {
    if (!stopped) on.log.loud("streams", error.message);
  };
  return {
    wake: () => {
      if (queued) return;
      queued = true;
      done = on.activity.during(() => done.then(drain).catch(failed));
    },
    stop: () => {
      stopped = true;
    },
  };
};

const filterOf = (mapping: StreamMapping, where: string): ((record: JsonObject) => boolean) => {
  const patterns = (mapping.FilterCriteria?.Filters ?? []).map((each) => JSON.parse(each.Pattern) as Pattern);
  for (const pattern of patterns) assertKnown(pattern, where);
  return (record) => patterns.length === 0 || patterns.some((pattern) => fits(pattern, record));
};

/** The engine keeps one shard a table. After a restart only what is new is read: sweepers find the rest. */
const positionOf = async (mapping: StreamMapping, on: Needs) => {
  const latest = mapping.StartingPosition === "LATEST" || on.table.restored;
  let iterator = await open(on, latest ? "LATEST" : "TRIM_HORIZON");
  return async (): Promise<readonly Record_[]> => {
    iterator ??= await open(on, "TRIM_HORIZON");
    if (iterator === undefined) return [];
    const got = await call(on, "GetRecords", { ShardIterator: iterator, Limit: mapping.BatchSize ?? 100 });
    iterator = String(got["NextShardIterator"]);
    return (got["Records"] as Record_[]).map((each) => ({
      ...each,
      awsRegion: region,
      eventSourceARN: `${on.table.arn}/stream/local`,
    }));
  };
};

const call = (on: Needs, action: string, body: JsonObject) =>
  on.engine(`DynamoDBStreams_20120810.${action}`, body);

/** A stream has no shard before the first write. */
const open = async (on: Needs, ShardIteratorType: string): Promise<string | undefined> => {
  const StreamArn = on.table.engineStream ?? "";
  const described = await call(on, "DescribeStream", { StreamArn });
  const shards = (described["StreamDescription"] as JsonObject)["Shards"] as readonly JsonObject[];
  const ShardId = shards[0]?.["ShardId"];
  if (ShardId === undefined) return undefined;
  if (shards.length > 1) throw new NotEmbedded(`a stream of ${shards.length} shards`);
  const opened = await call(on, "GetShardIterator", { StreamArn, ShardId, ShardIteratorType });
  return String(opened["ShardIterator"]);
};

/** A batch that keeps failing is halved, then tried to the end of its tries, then goes to the destination. */
const feed = async (mapping: StreamMapping, on: Needs, records: readonly Record_[]): Promise<void> => {
  let rest = records;
  for (let tries = triesOf(mapping); tries > 0 && rest.length > 0; tries -= 1) {
    const invoked = await on.lambda.invoke(on.target, { Records: rest }, "stream");
    rest = unfinished(mapping, invoked, rest);
    if (mapping.BisectBatchOnFunctionError && rest.length > 1) return halves(mapping, on, rest);
  }
  if (rest.length > 0) giveUp(mapping, on, rest);
};

const triesOf = ({ MaximumRetryAttempts: retries = -1 }: StreamMapping): number =>
  retries < 0 ? mostTries : retries + 1;

const halves = async (mapping: StreamMapping, on: Needs, records: readonly Record_[]): Promise<void> => {
  const middle = Math.ceil(records.length / 2);
  await feed(mapping, on, records.slice(0, middle));
  await feed(mapping, on, records.slice(middle));
};

type PartialFailures = { readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[] };

/** With partial answers everything from the first failure on is tried again. */
const unfinished = (mapping: StreamMapping, invoked: Invoked, records: readonly Record_[]) => {
  if ("fault" in invoked) return records;
  if (!mapping.FunctionResponseTypes?.includes("ReportBatchItemFailures")) return [];
  const failed = (invoked.payload as PartialFailures | null)?.batchItemFailures ?? [];
  if (failed.length === 0) return [];
  const ids = failed.map((each) => each.itemIdentifier);
  return records.slice(
    Math.max(
      0,
      records.findIndex((each) => ids.includes(each.dynamodb.SequenceNumber)),
    ),
  );
};

const giveUp = (mapping: StreamMapping, on: Needs, records: readonly Record_[]): void => {
  const destination = mapping.DestinationConfig?.OnFailure?.Destination;
  on.log.loud("streams", `${records.length} records of ${on.table.name} were given up by ${on.target.path}`);
  if (!destination) return;
  const numbers = records.map((each) => each.dynamodb.SequenceNumber);
  const body = {
    requestContext: { functionArn: on.target.arn, condition: "RetryAttemptsExhausted" },
    DDBStreamBatchInfo: {
      streamArn: `${on.table.arn}/stream/local`,
      batchSize: records.length,
      startSequenceNumber: numbers[0],
      endSequenceNumber: numbers.at(-1),
    },
  };
  on.sqs.find(destination).send({ body: JSON.stringify(body) });
};
