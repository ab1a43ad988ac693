import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { z } from "zod";
import type { LambdaHandler } from "./lambda.ts";
import type { Platform } from "./platform.ts";

/** Messages of a queue, each on its own: one that fails comes again, the others are done. */
export const queueHandler =
  <Message>(
    on: Pick<Platform, "log">,
    schema: z.ZodType<Message>,
    operation: (message: Message) => Promise<unknown>,
  ): LambdaHandler =>
  async (event): Promise<SQSBatchResponse> => {
    const { Records } = event as SQSEvent;
    const failed = await Promise.all(Records.map((record) => fails(on, schema, operation, record)));
    return {
      batchItemFailures: Records.filter((_, index) => failed[index]).map(({ messageId }) => ({
        itemIdentifier: messageId,
      })),
    };
  };

const fails = async <Message>(
  on: Pick<Platform, "log">,
  schema: z.ZodType<Message>,
  operation: (message: Message) => Promise<unknown>,
  { body, messageId, attributes }: SQSRecord,
): Promise<boolean> => {
  try {
    await operation(schema.parse(JSON.parse(body)));
    return false;
  } catch (error) {
    const attempt = Number(attributes?.ApproximateReceiveCount ?? 1);
    on.log.error("a message failed", error, { requestId: messageId, attempt });
    return true;
  }
};
