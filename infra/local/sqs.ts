import {
  AwsError,
  type Call,
  type JsonObject,
  NotEmbedded,
  type Principal,
  region,
  type Service,
} from "./aws.ts";
import type { CloudClock } from "./clock.ts";
import type { Kept } from "./kept.ts";
import type { KeyUse } from "./kms.ts";
import type { CloudLog } from "./log.ts";
import { makeQueue, md5, type Queue } from "./queue.ts";
import type { Assembly, Resource } from "./template.ts";

type Needs = {
  readonly assembly: Assembly;
  readonly clock: CloudClock;
  readonly log: CloudLog;
  readonly keyUse: KeyUse;
  /** Where messages outlive a restart; in memory without it. */
  readonly kept: Kept | undefined;
};
type Properties = {
  readonly FifoQueue?: boolean;
  readonly DelaySeconds?: number;
  readonly VisibilityTimeout?: number;
  readonly KmsMasterKeyId?: string;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
};

export type Sqs = {
  readonly queues: readonly Queue[];
  find(urlOrArn: string): Queue;
  readonly service: Service;
};

export const startSqs = (on: Needs): Sqs => {
  const queues: Queue[] = on.assembly.ofType("AWS::SQS::Queue").map((resource) =>
    makeQueue(settingsOf(on.assembly, resource), {
      clock: on.clock,
      kept: on.kept,
      bury: (dead, arn) => {
        on.log.loud("sqs", `a message goes to the dead letters after ${dead.receiveCount} receipts: ${arn}`);
        find(arn).send({ body: dead.body, groupId: dead.groupId });
      },
    }),
  );
  const find = (urlOrArn: string): Queue => {
    const found = queues.find((each) => each.arn === urlOrArn || urlOrArn.endsWith(`/${each.name}`));
    if (found) return found;
    throw new AwsError("QueueDoesNotExist", `The specified queue does not exist: ${urlOrArn}`);
  };
  const service: Service = async (call) => {
    const operation = operations[call.action];
    if (!operation) throw new NotEmbedded(`sqs ${call.action}`);
    const queue = find(String(call.body["QueueUrl"]));
    authorize(on.keyUse, call.principal, operation, queue);
    return operation.run(queue, call);
  };
  return { queues, find, service };
};

const via = { "kms:ViaService": `sqs.${region}.amazonaws.com` };

const settingsOf = (assembly: Assembly, resource: Resource) => {
  const properties = assembly.properties<Properties>(resource);
  if (properties.FifoQueue) throw new NotEmbedded(`${resource.id}: a FIFO queue`);
  const redrive = properties.RedrivePolicy;
  return {
    name: assembly.attribute(resource, "QueueName"),
    arn: assembly.attribute(resource, "Arn"),
    kmsKeyArn: properties.KmsMasterKeyId,
    delaySeconds: Number(properties.DelaySeconds ?? 0),
    visibilitySeconds: Number(properties.VisibilityTimeout ?? 30),
    redrive: redrive && { arn: redrive.deadLetterTargetArn, after: Number(redrive.maxReceiveCount) },
  };
};

type Operation = {
  readonly actions: readonly string[];
  /** What an encrypted queue asks of the caller besides. */
  readonly keyActions: readonly string[];
  readonly run: (queue: Queue, call: Call) => JsonObject;
};

const authorize = (keyUse: KeyUse, principal: Principal, operation: Operation, queue: Queue): void => {
  for (const action of operation.actions) principal.may(`sqs:${action}`, queue.arn);
  if (!queue.kmsKeyArn) return;
  for (const action of operation.keyActions) keyUse(principal, `kms:${action}`, queue.kmsKeyArn, via);
};

const sending = { actions: ["SendMessage"], keyActions: ["GenerateDataKey", "Decrypt"] };

const operations: Readonly<Record<string, Operation>> = {
  SendMessage: { ...sending, run: (queue, { body }) => sent(queue, body) },
  SendMessageBatch: {
    ...sending,
    run: (queue, { body }) => ({
      Successful: entriesOf(body).map((entry) => ({ Id: entry["Id"] ?? "", ...sent(queue, entry) })),
      Failed: [],
    }),
  },
  ReceiveMessage: {
    actions: ["ReceiveMessage"],
    keyActions: ["Decrypt"],
    run: (queue, { body }) => {
      const timeout = body["VisibilityTimeout"];
      const messages = queue.receive(
        Number(body["MaxNumberOfMessages"] ?? 1),
        timeout === undefined ? undefined : Number(timeout),
      );
      return {
        Messages: messages.map((each) => ({
          MessageId: each.id,
          ReceiptHandle: each.receipt,
          Body: each.body,
          MD5OfBody: md5(each.body),
          Attributes: { ApproximateReceiveCount: String(each.receiveCount) },
        })),
      };
    },
  },
  DeleteMessage: {
    actions: ["DeleteMessage"],
    keyActions: [],
    run: (queue, { body }) => {
      queue.remove(String(body["ReceiptHandle"]));
      return {};
    },
  },
  ChangeMessageVisibility: {
    actions: ["ChangeMessageVisibility"],
    keyActions: [],
    run: (queue, { body }) => {
      queue.hide(String(body["ReceiptHandle"]), Number(body["VisibilityTimeout"]));
      return {};
    },
  },
  GetQueueAttributes: {
    actions: ["GetQueueAttributes"],
    keyActions: [],
    run: (queue) => ({
      Attributes: { QueueArn: queue.arn, ApproximateNumberOfMessages: String(queue.size()) },
    }),
  },
};

const entriesOf = (body: JsonObject): readonly JsonObject[] => {
  const entries = body["Entries"] as readonly JsonObject[];
  if (entries.length < 1 || entries.length > 10)
    throw new AwsError("TooManyEntriesInBatchRequest", `a batch has 1 to 10 entries, not ${entries.length}`);
  return entries;
};

const sent = (queue: Queue, entry: JsonObject): JsonObject => {
  const text = entry["MessageBody"];
  const delay = entry["DelaySeconds"];
  if (typeof text !== "string" || text.length === 0 || text.length > 1_048_576)
    throw new AwsError("InvalidParameterValue", "the message's body is empty or longer than 1 MiB");
  const delaySeconds = delay === undefined || delay === null ? undefined : Number(delay);
  if (
    delaySeconds !== undefined &&
    !(Number.isInteger(delaySeconds) && delaySeconds >= 0 && delaySeconds <= 900)
  )
    throw new AwsError("InvalidParameterValue", `DelaySeconds ${delaySeconds} is not between 0 and 900`);
  const groupId = entry["MessageGroupId"];
  const message = queue.send({ body: text, delaySeconds, groupId: groupId ? String(groupId) : undefined });
  return { MessageId: message.id, MD5OfMessageBody: md5(text) };
};
