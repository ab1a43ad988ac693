import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { ClientOf } from "./platform.ts";

export type Message = {
  /** JSON; ids only, since queues are no place for personal data. */
  readonly body: unknown;
  /** At most 900 (15 minutes); longer waits are due rows. */
  readonly delaySeconds?: number;
  /** Whose turn it is: one busy group does not keep the others waiting. */
  readonly groupId?: string;
};

export type Enqueue = (queueUrl: string, messages: readonly Message[]) => Promise<void>;

/** Throws when one message was not taken; those before it are in the queue, so a repeat sends them twice. */
export const queueClient: ClientOf<Enqueue> = (on) => {
  const client = new SQSClient({
    maxAttempts: 3,
    // One endpoint for all services stands for the queue's own host too.
    useQueueUrlAsEndpoint: on.environment.find("AWS_ENDPOINT_URL") === undefined,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  return async (queueUrl, messages) => {
    for (const batch of batches(messages)) {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: batch.map(entryOf) }),
      );
      if (Failed.length > 0) throw new Error(`the queue did not take ${Failed.length} messages`);
    }
  };
};

/** SQS takes ten at once. */
const batches = (messages: readonly Message[]): (readonly Message[])[] =>
  messages.length === 0 ? [] : [messages.slice(0, 10), ...batches(messages.slice(10))];

const entryOf = ({ body, delaySeconds, groupId }: Message, index: number) => ({
  Id: String(index),
  MessageBody: JSON.stringify(body),
  DelaySeconds: delaySeconds === undefined ? undefined : Math.round(Math.min(Math.max(delaySeconds, 0), 900)),
  MessageGroupId: groupId,
});
