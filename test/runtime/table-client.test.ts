import { afterEach, describe, expect, it } from "vitest";
import { missing } from "#functions/runtime/condition.ts";
import { dynamoTable } from "#functions/runtime/table.client.ts";
import { ConditionFailed, plainly, TableBusy, type Write } from "#functions/runtime/table.ts";
import { awsError, awsStub, type Reply } from "./aws-stub.ts";

let stop = () => {};
afterEach(() => stop());

const tableAt = async (...replies: Reply[]) => {
  const stub = await awsStub(replies);
  stop = stub.stop;
  return { table: dynamoTable(stub.environment), sent: stub.sent };
};

const key = { pk: "p", sk: "s" };
const put: Write = { table: "commerce", key, change: { put: { a: 1 } } };
const once: Write = { ...put, condition: missing() };
const add: Write = { table: "commerce", key, change: { add: { count: 1 } } };
const conflict = awsError("TransactionCanceledException", {
  CancellationReasons: [{ Code: "TransactionConflict" }],
});
const refused = awsError("TransactionCanceledException", {
  CancellationReasons: [{ Code: "ConditionalCheckFailed" }],
});

describe("DynamoDB behind a bad connection", () => {
  it("repeats a conditional write under the same token, so that the repeat of a lost success succeeds", async () => {
    const { table, sent } = await tableAt("cut", conflict);
    await table.commit([once]);
    expect(sent.map((call) => call.target)).toEqual(Array(3).fill("TransactWriteItems"));
    const tokens = sent.map((call) => call.body["ClientRequestToken"]);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(tokens).size).toBe(1);
  });

  it("sends a plain write as it is, and a refusal names the write without handing on the row", async () => {
    const item = { Item: { pk: { S: "p" }, sk: { S: "s" }, a: { N: "1" } } };
    const { table, sent } = await tableAt(awsError("ConditionalCheckFailedException", item));
    const error = await table.commit([plainly(once)]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConditionFailed);
    expect((error as ConditionFailed).cause).toBeUndefined();
    // It was never sent before, so somebody else wrote the very same.
    expect(sent.map((call) => call.target)).toEqual(["PutItem"]);
    expect(sent[0]?.body).toMatchObject({
      ConditionExpression: "attribute_not_exists(#n0)",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
  });

  it("never adds twice: an answer that was lost is a fault", async () => {
    const { table, sent } = await tableAt("cut");
    await expect(table.commit([add])).rejects.toThrow();
    expect(sent.map((call) => call.target)).toEqual(["UpdateItem"]);
  });

  it("adds again when it was refused for now", async () => {
    const { table, sent } = await tableAt(
      awsError("ThrottlingException"),
      awsError("TransactionConflictException"),
    );
    await table.commit([add]);
    expect(sent).toHaveLength(3);
  });

  it("repeats reads and plain puts", async () => {
    const { table, sent } = await tableAt(
      "cut",
      "cut",
      { body: { Item: { pk: { S: "p" }, sk: { S: "s" } } } },
      "cut",
    );
    expect(await table.get("commerce", key)).toEqual(key);
    await table.commit([put]);
    expect(sent.map((call) => call.target)).toEqual(["GetItem", "GetItem", "GetItem", "PutItem", "PutItem"]);
  });

  it("is busy after eight refusals", async () => {
    const { table, sent } = await tableAt(...Array<Reply>(20).fill(conflict));
    const error = await table
      .commit([once, { ...add, key: { pk: "p", sk: "t" } }])
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TableBusy);
    expect(sent).toHaveLength(8);
  });

  it("gives up on silence within three seconds a try", async () => {
    const { table, sent } = await tableAt("silence");
    const start = performance.now();
    await expect(table.commit([add])).rejects.toMatchObject({
      name: "Unavailable",
      cause: { name: "TimeoutError" },
    });
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(sent).toHaveLength(1);
  });

  it("does not repeat a refused condition, and names the write without quoting the row", async () => {
    const { table, sent } = await tableAt(refused);
    const error = await table.commit([once]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConditionFailed);
    expect(String(error)).not.toContain("secret");
    expect((error as ConditionFailed).failed).toEqual([once]);
    expect(sent).toHaveLength(1);
  });

  it("reads consistently, except on an index", async () => {
    const { table, sent } = await tableAt();
    await table.get("commerce", key);
    await table.query("commerce", { pk: "p" });
    await table.query("commerce", { pk: "event#1", index: "due" });
    expect(sent.map((call) => call.body["ConsistentRead"])).toEqual([true, true, undefined]);
    expect(sent[2]?.body["IndexName"]).toBe("due");
  });
});
