import { type JsonObject, NotEmbedded, region } from "./aws.ts";
import type { Journal } from "./journal.ts";
import type { BootedFunction, Invoked, Lambda } from "./lambda.ts";
import type { Ledger } from "./ledger.ts";
import { type Message, md5, type Queue } from "./queue.ts";
import type { Switches } from "./switches.ts";

/** An event source mapping from a queue, as the template has it. */
export type QueueMapping = {
  readonly BatchSize?: number;
  readonly Enabled?: boolean;
  readonly FilterCriteria?: unknown;
  readonly FunctionResponseTypes?: readonly string[];
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
};

type Needs = {
  readonly queue: Queue;
  readonly target: BootedFunction;
  readonly lambda: Lambda;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly switches: Switches;
};

/** Lambda would scale from five pollers upwards; all of them share one thread here, so a fixed number will do. */
const pollers = 20;

/** Feeds a queue's messages to a function; what it does not finish comes back after the visibility timeout. */
export const feedFromQueue = (mapping: QueueMapping, on: Needs): void => {
  if (mapping.FilterCriteria)
    throw new NotEmbedded(`a filter between ${on.queue.name} and ${on.target.path}`);
  const most = mapping.ScalingConfig?.MaximumConcurrency ?? pollers;
  const partial = mapping.FunctionResponseTypes?.includes("ReportBatchItemFailures") === true;
  let running = 0;
  const pull = () => {
    while (running < most && !on.switches.isOff("reader", on.target.name)) {
      const batch = on.queue.receive(mapping.BatchSize ?? 10);
      if (batch.length === 0) return;
      running += 1;
      void handle(on, batch, partial).finally(() => {
        running -= 1;
        pull();
      });
    }
  };
  on.queue.onVisible(pull);
  on.switches.onTurn(pull);
};

const handle = async (on: Needs, batch: readonly Message[], partial: boolean): Promise<void> => {
  on.ledger.count({ service: "sqs", action: "ReceiveMessage", by: on.target.path });
  for (const message of batch) on.journal("message", { queue: on.queue.name, body: message.body });
  const event = { Records: batch.map((message) => recordOf(on.queue, message)) };
  const invoked = await on.lambda.invoke(on.target, event, on.queue.name);
  const kept = keptIn(invoked, batch, partial);
  const done = batch.filter((message) => !kept.includes(message.id));
  for (const message of done) on.queue.remove(message.receipt);
  if (done.length > 0) on.ledger.count({ service: "sqs", action: "DeleteMessage", by: on.target.path });
};

type PartialFailures = { readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[] };

/** Ids of the messages that stay in the queue; an answer that names none of the batch keeps all of it. */
const keptIn = (invoked: Invoked, batch: readonly Message[], partial: boolean): readonly string[] => {
  const all = batch.map((message) => message.id);
  if ("fault" in invoked) return all;
  if (!partial) return [];
  const failed = (invoked.payload as PartialFailures | null)?.batchItemFailures ?? [];
  const ids = failed.map((each) => each.itemIdentifier ?? "");
  return ids.every((id) => all.includes(id)) ? ids : all;
};

const recordOf = (queue: Queue, message: Message): JsonObject => ({
  messageId: message.id,
  receiptHandle: message.receipt,
  body: message.body,
  attributes: {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: "local",
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ...(message.groupId === undefined ? {} : { MessageGroupId: message.groupId }),
  },
  messageAttributes: {},
  md5OfBody: md5(message.body),
  eventSource: "aws:sqs",
  eventSourceARN: queue.arn,
  awsRegion: region,
});
