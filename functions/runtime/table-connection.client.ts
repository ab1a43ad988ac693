import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Environment } from "./environment.ts";
import { retrying } from "./retry.ts";
import { type Page, type Row, TableBusy, type TableName } from "./table.ts";
import { verdictOn } from "./table-error.ts";
import { Unavailable } from "./unavailable.ts";

/** Retrying is ours: the SDK's would repeat an `add` that may have been done. */
export const newClient = () =>
  new DynamoDBClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true },
  });

export type NameOf = (table: TableName) => string;

export const namesIn =
  (environment: Environment): NameOf =>
  (table) =>
    environment.get(`TABLE_${table.toUpperCase()}`);

export const persistent = async <Result>(
  repeatable: boolean,
  run: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await retrying({ wait: setTimeout, random: Math.random }, verdictOn, repeatable, run);
  } catch (error) {
    throw asUnavailable(error);
  }
};

/** A fault of ours stays what it is. */
export const asUnavailable = (error: unknown): unknown => {
  const verdict = verdictOn(error);
  if (verdict === "never") return error;
  if (verdict === "unsure") return new Unavailable("the table does not answer", { cause: error });
  return new TableBusy("the table is busy", { cause: error });
};

type Stored = Parameters<typeof unmarshall>[0];

/** Of a query or a scan. */
export const pageOf = ({
  Items = [],
  LastEvaluatedKey,
}: {
  Items?: Stored[];
  LastEvaluatedKey?: Stored;
}): Page => ({
  rows: Items.map(rowOf),
  ...(LastEvaluatedKey ? { next: rowOf(LastEvaluatedKey) } : {}),
});

export const rowOf = (stored: Stored): Row => unmarshall(stored) as Row;
