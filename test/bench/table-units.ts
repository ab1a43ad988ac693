import type { JsonObject } from "#infra/local/aws.ts";
import type { LedgerCall } from "#infra/local/ledger.ts";
import { type Item, sizeOf } from "./item-size.ts";
import type { Usage } from "./prices.ts";
import { updated } from "./updated-item.ts";

/**
 * What DynamoDB would bill for each request. It keeps every row as it was last written, so it has to see the
 * requests from the first one on; a write that the table refused is taken for done, which changes a size at most.
 */
export const countTableUnits = (): ((call: LedgerCall) => Usage) => {
  const rows = new Map<string, Item>();
  const write = ({ kind, request }: Write, factor: number): number => {
    const id = idOf(request);
    const before = rows.get(id) ?? {};
    const after = afterWrite(kind, before, request);
    rows.set(id, after);
    return factor * kilobytes(before, after) + indexUnits(before, after);
  };
  const usages: Readonly<Record<string, (body: JsonObject) => Usage>> = {
    GetItem: (body) => ({
      readUnit: Math.ceil(Math.max(sizeOf(rows.get(idOf(body)) ?? {}), 1) / 4_096),
    }),
    Query: (body) => ({ readUnit: body["IndexName"] === undefined ? 1 : 0.5 }),
    TransactWriteItems: (body) => ({
      writeUnit: writesIn(body).reduce((sum, each) => sum + write(each, 2), 0),
    }),
  };
  return ({ action, body = {} }) =>
    usages[action]?.(body) ?? { writeUnit: write({ kind: action.replace(/Item$/, ""), request: body }, 1) };
};

type Write = { readonly kind: string; readonly request: JsonObject };

const writesIn = (body: JsonObject): Write[] =>
  (body["TransactItems"] as JsonObject[]).flatMap((each) =>
    Object.entries(each).map(([kind, request]) => ({ kind, request: request as JsonObject })),
  );

const idOf = (request: JsonObject): string => {
  const { pk, sk } = (request["Key"] ?? request["Item"]) as Item;
  return JSON.stringify([request["TableName"], pk, sk]);
};

const afterWrite = (kind: string, before: Item, request: JsonObject): Item => {
  if (kind === "Put") return request["Item"] as Item;
  if (kind === "Delete") return {};
  return kind === "Update" ? updated({ ...(request["Key"] as Item), ...before }, request) : before;
};

/** The larger of what was there and what is. */
const kilobytes = (before: Item, after: Item): number =>
  Math.ceil(Math.max(sizeOf(before), sizeOf(after), 1) / 1_024);

const indexes = ["due", "list"] as const;

/** A keys-only index is written when an entry comes, goes, or moves, which is both. */
const indexUnits = (before: Item, after: Item): number =>
  indexes.reduce((sum, index) => {
    const [was, is] = [entryOf(before, index), entryOf(after, index)];
    return was === is ? sum : sum + (was ? 1 : 0) + (is ? 1 : 0);
  }, 0);

const entryOf = (item: Item, index: (typeof indexes)[number]): string | undefined => {
  const [hash, range] = [item[index], item[`${index}At`]];
  return hash && range && JSON.stringify([hash, range]);
};
