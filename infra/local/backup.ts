import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AwsError, type JsonObject, NotEmbedded } from "./aws.ts";
import { startDynamoDb } from "./dynamodb.ts";
import { dynamo, type Engine, engineAt } from "./tables.ts";

export const tablesFile = "tables.sqlite";

/** As many as a laptop keeps; the oldest go first, and with them the keys of whoever was erased since. */
const kept = 10;

const folderIn = (data: string): string => join(data, "backups");
const ending = /^(\d+)\.sqlite$/;

/** Copies the file of the tables: a backup, named by its moment, which it answers. SQLite's log belongs to it. */
export const backUp = (data: string | undefined, now: number): number => {
  if (data === undefined) throw new NotEmbedded("a backup of tables in memory: start with --data");
  const moment = Math.floor(now);
  if (!existsSync(join(data, tablesFile))) return moment;
  const folder = folderIn(data);
  mkdirSync(folder, { recursive: true });
  for (const part of ["", "-wal"]) {
    const from = join(data, `${tablesFile}${part}`);
    if (existsSync(from)) copyFileSync(from, join(folder, `${moment}.sqlite${part}`));
  }
  for (const old of momentsIn(data).slice(0, -kept))
    for (const part of ["", "-wal", "-shm"]) rmSync(join(folder, `${old}.sqlite${part}`), { force: true });
  return moment;
};

const momentsIn = (data: string): number[] =>
  (existsSync(folderIn(data)) ? readdirSync(folderIn(data)) : [])
    .flatMap((name) => (ending.exec(name)?.[1] ? [Number(ending.exec(name)?.[1])] : []))
    .sort((left, right) => left - right);

export type Restore = (body: JsonObject) => Promise<JsonObject>;

/** DynamoDB's restore to a point in time: a table beside, from the last copy of the file that is not younger than that. */
export const restoringFrom =
  (data: string | undefined, engine: Engine): Restore =>
  async ({ SourceTableName, TargetTableName, RestoreDateTime }) => {
    if (data === undefined) throw new NotEmbedded("RestoreTableToPointInTime of tables in memory");
    const moment = momentsIn(data).findLast((each) => each <= Number(RestoreDateTime) * 1_000);
    if (moment === undefined)
      throw new AwsError("InvalidRestoreTimeException", "no copy of the tables is that old");
    const target = String(TargetTableName);
    await opened(join(folderIn(data), `${moment}.sqlite`), target, (old) =>
      copyTable(old, engine, String(SourceTableName), target),
    );
    return { TableDescription: { TableName: target, TableStatus: "CREATING" } };
  };

/** A copy of its own: a backup is read by many and written by nobody. */
const opened = async (backup: string, by: string, read: (engine: Engine) => Promise<void>): Promise<void> => {
  const path = `${backup}-${by}`;
  for (const part of ["", "-wal"])
    if (existsSync(`${backup}${part}`)) copyFileSync(`${backup}${part}`, `${path}${part}`);
  const old = await startDynamoDb({ dbPath: path });
  try {
    await read(engineAt(old.endpoint));
  } finally {
    await old.stop();
    for (const part of ["", "-wal", "-shm"]) rmSync(`${path}${part}`, { force: true });
  }
};

type Described = { readonly Table: { readonly KeySchema: JsonObject[] } };
type Scanned = { readonly Items: readonly JsonObject[]; readonly LastEvaluatedKey?: JsonObject };

const copyTable = async (from: Engine, to: Engine, source: string, target: string): Promise<void> => {
  const { Table } = (await from(dynamo("DescribeTable"), { TableName: source })) as unknown as Described;
  await to(dynamo("CreateTable"), {
    TableName: target,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: Table.KeySchema,
    AttributeDefinitions: Table.KeySchema.map(({ AttributeName = "" }) => ({
      AttributeName,
      AttributeType: "S",
    })),
  });
  let start: JsonObject | undefined;
  do {
    const page = (await from(dynamo("Scan"), {
      TableName: source,
      Limit: 25,
      ...(start && { ExclusiveStartKey: start }),
    })) as unknown as Scanned;
    if (page.Items.length > 0)
      await to(dynamo("BatchWriteItem"), {
        RequestItems: { [target]: page.Items.map((Item) => ({ PutRequest: { Item } })) },
      });
    start = page.LastEvaluatedKey;
  } while (start);
};
