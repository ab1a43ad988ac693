import { randomUUID } from "node:crypto";
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Environment } from "./environment.ts";
import { conditionText, rangeText, updateText, type Words, words } from "./expression.ts";
import { isLeftBy, isRecognizable } from "./own-write.ts";
import {
  type Attribute,
  ConditionFailed,
  type Query,
  type Table,
  type Tallied,
  type Tally,
  type Write,
} from "./table.ts";
import {
  asUnavailable,
  type NameOf,
  namesIn,
  newClient,
  pageOf,
  persistent,
  rowOf,
} from "./table-connection.client.ts";
import { refusedWrites, verdictOn } from "./table-error.ts";

/** The tables in DynamoDB. */
export const dynamoTable = (environment: Environment): Table => tableAt(newClient(), namesIn(environment));

export const tableAt = (client: DynamoDBClient, nameOf: NameOf): Table => ({
  get: (table, key) =>
    persistent(true, async () => {
      const got = await client.send(
        new GetItemCommand({ TableName: nameOf(table), Key: marshall(key), ConsistentRead: true }),
      );
      return got.Item && rowOf(got.Item);
    }),

  query: (table, query) =>
    persistent(true, async () =>
      pageOf(await client.send(new QueryCommand(queryInput(nameOf(table), query)))),
    ),

  commit: async (writes) => {
    const [first] = writes;
    if (first === undefined) return;
    await (writes.length === 1 && isPlain(first)
      ? writeAlone(client, first, nameOf)
      : transact(client, writes, nameOf));
  },

  tally: (update) => tallied(client, update, nameOf),
});

/** What may go without a transaction: nothing depends on the answer, or a repeat knows its own write. */
const isPlain = ({ change, condition, plain }: Write): boolean =>
  condition === undefined ? !("check" in change) : plain === true && isRecognizable(change);

/** Refused after an answer was lost, it may have been done before: then the row is as this write left it. */
const writeAlone = async (client: DynamoDBClient, write: Write, nameOf: NameOf) => {
  let lostAnswer = false;
  const send = () =>
    sendAlone(client, write, nameOf).catch((error: unknown) => {
      lostAnswer ||= verdictOn(error) === "unsure";
      throw error;
    });
  try {
    await persistent(repeatable(write), send);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (lostAnswer && isLeftBy(write, error.Item && rowOf(error.Item))) return;
    // Not as the cause: it holds the row.
    throw new ConditionFailed([write]);
  }
};

/** A count is worth no buyer's time. */
const shortly = { requestTimeout: 500 } as const;

const tallied = async (client: DynamoDBClient, update: Tally, nameOf: NameOf): Promise<Tallied> => {
  const { Update } = transactItem(update, nameOf);
  if (!Update) throw new Error("a tally is an update");
  const command = new UpdateItemCommand({ ...Update, ReturnValues: "ALL_NEW", ...toldRow(update) });
  try {
    const { Attributes } = await client.send(command, shortly);
    return { done: true, row: Attributes && rowOf(Attributes) };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException)
      return { done: false, row: error.Item && rowOf(error.Item) };
    throw asUnavailable(error);
  }
};

/**
 * Everything else is a transaction, even a single conditional write: only a transaction carries a token, by which a
 * repeat after a lost answer is told "done" and not "condition failed". It costs a second write unit.
 */
const transact = async (client: DynamoDBClient, writes: readonly Write[], nameOf: NameOf) => {
  const command = new TransactWriteItemsCommand({
    TransactItems: writes.map((write) => transactItem(write, nameOf)),
    ClientRequestToken: randomUUID(),
  });
  try {
    await persistent(true, () => client.send(command));
  } catch (error) {
    const failed = refusedWrites(error, writes);
    if (failed.length > 0) throw new ConditionFailed(failed, { cause: error });
    throw error;
  }
};

const repeatable = ({ change }: Write): boolean => !("add" in change);

const queryInput = (table: string, query: Query) => {
  const on = words();
  return {
    TableName: table,
    KeyConditionExpression: rangeText(query, on),
    ...(query.index === undefined ? { ConsistentRead: true } : { IndexName: query.index }),
    ScanIndexForward: !query.descending,
    Limit: query.limit,
    ExclusiveStartKey: query.after && marshall(query.after, options),
    ...aliasesOf(on),
  };
};

const sendAlone = (client: DynamoDBClient, write: Write, nameOf: NameOf): Promise<unknown> => {
  const { Put, Update, Delete } = transactItem(write, nameOf);
  if (Put) return client.send(new PutItemCommand({ ...Put, ...toldRow(write) }));
  if (Update) return client.send(new UpdateItemCommand({ ...Update, ...toldRow(write) }));
  return client.send(new DeleteItemCommand({ ...target(write, nameOf), ...Delete, ...toldRow(write) }));
};

/** A refusal brings the row that it was refused by, free of charge. */
const toldRow = ({ condition }: Write) =>
  condition && { ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const };

const target = ({ table, key }: Write, nameOf: NameOf) => ({ TableName: nameOf(table), Key: marshall(key) });

const transactItem = (write: Write, nameOf: NameOf): TransactWriteItem => {
  const { change, key } = write;
  const on = words();
  const condition = write.condition && { ConditionExpression: conditionText(write.condition, on) };
  const found = target(write, nameOf);
  if ("put" in change) {
    const Item = marshall({ ...change.put, ...key }, options);
    return { Put: { TableName: found.TableName, Item, ...condition, ...aliasesOf(on) } };
  }
  if ("remove" in change) return { Delete: { ...found, ...condition, ...aliasesOf(on) } };
  if ("check" in change) {
    if (!condition) throw new Error("a check needs a condition");
    return { ConditionCheck: { ...found, ...condition, ...aliasesOf(on) } };
  }
  const UpdateExpression = updateText(change, on);
  if (UpdateExpression === "") throw new Error("an update changes at least one attribute");
  return { Update: { ...found, UpdateExpression, ...condition, ...aliasesOf(on) } };
};

const options = { removeUndefinedValues: true } as const;

/** DynamoDB refuses an empty list of aliases. */
const aliasesOf = ({ names, values }: Words) => ({
  ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
  ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: marshalled(values) } : {}),
});

const marshalled = (values: Record<string, Attribute>) => marshall(values, options);
