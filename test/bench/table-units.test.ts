import { expect, it } from "vitest";
import type { JsonObject } from "#infra/local/aws.ts";
import { sizeOf } from "./item-size.ts";
import { countTableUnits } from "./table-units.ts";

const call = (action: string, body: JsonObject) => ({ service: "dynamodb", action, by: "a/b", body });
const key = { pk: { S: "a" }, sk: { S: "b" } };
const row = (bytes: number, more: JsonObject = {}) => ({ ...key, text: { S: "x".repeat(bytes) }, ...more });
const put = (bytes: number, more?: JsonObject) => ({ TableName: "t", Item: row(bytes, more) });
const due = (at: string) => ({ due: { S: "event#0" }, dueAt: { N: at } });

it("sizes an item as DynamoDB's developer guide does", () => {
  expect(sizeOf({ ab: { S: "ü" } })).toBe(4);
  expect(sizeOf({ n: { N: "-12300" } })).toBe(4);
  expect(sizeOf({ b: { B: Buffer.alloc(10).toString("base64") } })).toBe(11);
  expect(sizeOf({ m: { M: { k: { L: [{ BOOL: true }, { NULL: true }] } } } })).toBe(
    1 + 3 + 1 + 1 + 3 + 2 + 2,
  );
});

it("bills a kB written as one unit, and as two in a transaction", () => {
  const unitsOf = countTableUnits();
  expect(unitsOf(call("PutItem", put(1_500)))).toEqual({ writeUnit: 2 });
  expect(unitsOf(call("TransactWriteItems", { TransactItems: [{ Put: put(100) }] }))).toEqual({
    writeUnit: 4,
  });
  expect(unitsOf(call("TransactWriteItems", { TransactItems: [{ Put: put(100) }] }))).toEqual({
    writeUnit: 2,
  });
});

it("bills an index entry that comes, moves and goes", () => {
  const unitsOf = countTableUnits();
  const update = (UpdateExpression: string, more: JsonObject = {}) =>
    call("UpdateItem", {
      TableName: "t",
      Key: key,
      UpdateExpression,
      ExpressionAttributeNames: { "#n0": "due", "#n1": "dueAt" },
      ...more,
    });
  expect(unitsOf(call("PutItem", put(10, due("1"))))).toEqual({ writeUnit: 2 });
  const later = { ExpressionAttributeValues: { ":v0": { N: "2" } } };
  expect(unitsOf(update("SET #n1 = :v0", later))).toEqual({ writeUnit: 3 });
  expect(unitsOf(update("REMOVE #n0, #n1"))).toEqual({ writeUnit: 2 });
});

it("knows the size of a row whose number was reckoned from another", () => {
  const unitsOf = countTableUnits();
  unitsOf(call("PutItem", put(1_015)));
  const reckoned = call("UpdateItem", {
    TableName: "t",
    Key: key,
    UpdateExpression: "SET #n0 = :v0 - if_not_exists(#n1, :v1) REMOVE #n2 ADD #n3 :v2",
    ExpressionAttributeNames: { "#n0": "n", "#n1": "r", "#n2": "u", "#n3": "v" },
    ExpressionAttributeValues: { ":v0": { N: "5" }, ":v1": { N: "0" }, ":v2": { N: "1" } },
  });
  expect(unitsOf(reckoned)).toEqual({ writeUnit: 2 });
});

it("bills a read by the row as it was last written", () => {
  const unitsOf = countTableUnits();
  const get = call("GetItem", { TableName: "t", Key: key });
  expect(unitsOf(get)).toEqual({ readUnit: 1 });
  unitsOf(call("PutItem", put(5_000)));
  expect(unitsOf(get)).toEqual({ readUnit: 2 });
});
