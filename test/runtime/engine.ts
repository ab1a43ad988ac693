import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { environmentOf } from "#functions/runtime/environment.ts";
import { memoryTable } from "#functions/runtime/memory-table.ts";
import { rehearsedTable } from "#functions/runtime/rehearsed-table.ts";
import { dynamoTable } from "#functions/runtime/table.client.ts";
import { type Table, tableNames } from "#functions/runtime/table.ts";
import { hasDynamoDb, startDynamoDb } from "#infra/local/dynamodb.ts";

/** The SDK finds region, credentials and endpoint in the environment, as in Lambda. */
const pointSdkAt = (endpoint: string): void => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
};

const index = (name: "due" | "list") => ({
  IndexName: name,
  KeySchema: [
    { AttributeName: name, KeyType: "HASH" as const },
    { AttributeName: `${name}At`, KeyType: "RANGE" as const },
  ],
  Projection: { ProjectionType: "KEYS_ONLY" as const },
});

const schema = {
  BillingMode: "PAY_PER_REQUEST" as const,
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" as const },
    { AttributeName: "sk", KeyType: "RANGE" as const },
  ],
  AttributeDefinitions: [
    ...["pk", "sk", "due", "list"].map((name) => ({ AttributeName: name, AttributeType: "S" as const })),
    ...["dueAt", "listAt"].map((name) => ({ AttributeName: name, AttributeType: "N" as const })),
  ],
  GlobalSecondaryIndexes: [index("due"), index("list")],
};

/** Empty tables on a real engine; with `front` the client reaches it through that. */
export const startEngine = async (
  front: (endpoint: string) => Promise<{ endpoint: string; stop(): void }> = async (endpoint) => ({
    endpoint,
    stop: () => undefined,
  }),
): Promise<{
  table: Table;
  client: DynamoDBClient;
  stop(): Promise<void>;
}> => {
  const engine = await startDynamoDb();
  const between = await front(engine.endpoint);
  pointSdkAt(between.endpoint);
  const client = new DynamoDBClient();
  for (const name of tableNames) await client.send(new CreateTableCommand({ TableName: name, ...schema }));
  const names = Object.fromEntries(tableNames.map((name) => [`TABLE_${name.toUpperCase()}`, name]));
  const stop = async () => {
    between.stop();
    await engine.stop();
  };
  return { table: dynamoTable(environmentOf(names)), client, stop };
};

/** The memory table, a real engine, and what is written to neither: the contract suites run on all. */
export const enginesUnderTest = async (): Promise<{ engines: [string, Table][]; stop(): Promise<void> }> => {
  const engines: [string, Table][] = [
    ["memory", memoryTable()],
    ["a rehearsal", rehearsedTable(memoryTable()).table],
  ];
  if (!hasDynamoDb()) {
    console.warn("skipped on DynamoDB: no engine is installed for this platform");
    return { engines, stop: async () => {} };
  }
  const { table, stop } = await startEngine();
  return { engines: [...engines, ["DynamoDB", table]], stop };
};
