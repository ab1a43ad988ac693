import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { LambdaHandler } from "./lambda.ts";
import type { Platform } from "./platform.ts";
import type { Key } from "./table.ts";

/**
 * The keys of each row inserted into a table. A stream is a wake-up, never the truth: a record that fails is
 * logged and left to the sweeper, for one that is returned blocks its shard.
 */
export const streamHandler =
  (on: Pick<Platform, "log">, operation: (key: Key) => Promise<unknown>): LambdaHandler =>
  async (event) => {
    const { Records } = event as DynamoDBStreamEvent;
    const keys = Records.flatMap(insertedKey);
    await Promise.all(
      keys.map((key) =>
        operation(key).catch((error: unknown) =>
          on.log.error("an inserted row waits for the sweeper", error),
        ),
      ),
    );
    return { batchItemFailures: [] };
  };

const insertedKey = ({ eventName, dynamodb }: DynamoDBRecord): Key[] => {
  const pk = dynamodb?.Keys?.["pk"]?.S;
  const sk = dynamodb?.Keys?.["sk"]?.S;
  return eventName === "INSERT" && pk !== undefined && sk !== undefined ? [{ pk, sk }] : [];
};
