import { Agent, request } from "node:http";
import {
  type Call,
  type JsonObject,
  NotEmbedded,
  type Principal,
  type Reply,
  region,
  type Service,
} from "./aws.ts";
import type { Restore } from "./backup.ts";
import type { KeyUse } from "./kms.ts";
import { type BootedTable, signed } from "./tables.ts";
import { startConflicts } from "./transaction-conflict.ts";

type TableService = {
  readonly endpoint: string;
  readonly tables: readonly BootedTable[];
  readonly keyUse: KeyUse;
  /** Called after a write, with the tables that it touched: streams need not poll then. */
  readonly written: (tables: readonly string[]) => void;
  readonly restore: Restore;
};

/** DynamoDB as functions see it: the role is asked, conflicts are added, everything else is the engine's answer. */
export const tableService = (on: TableService): Service => {
  const agent = new Agent({ keepAlive: true });
  const byName = new Map(on.tables.map((each) => [each.name, each]));
  const withConflicts = startConflicts((name) => tableOf(byName, name).keyNames);
  return async (call) => {
    const uses = usesOf(call);
    for (const use of uses) authorize(on, call.principal, tableOf(byName, use.table), use);
    if (call.action === "RestoreTableToPointInTime") return on.restore(call.body);
    const reply = await withConflicts(call.action, call.body, () => forward(on.endpoint, agent, call));
    if (reads.has(call.action)) return reply;
    on.written(uses.map((use) => use.table));
    return reply;
  };
};

type Use = { readonly action: string; readonly table: string; readonly index?: string };

const reads = new Set(["GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems", "DescribeTable"]);
const items = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"];
const single = new Set([...items, "DescribeTable", "DeleteTable"]);

/** What a request does to which table; a transaction is judged item by item, as on AWS. */
const usesOf = ({ action, body }: Call): readonly Use[] => {
  if (single.has(action)) {
    const index = body["IndexName"];
    return [{ action, table: nameOf(body["TableName"]), ...(typeof index === "string" ? { index } : {}) }];
  }
  if (action === "RestoreTableToPointInTime") {
    const target = nameOf(body["TargetTableName"]);
    // As AWS demands it: whoever restores may read and write what comes of it.
    const onTarget = [...items, "BatchWriteItem"].map((each) => ({ action: each, table: target }));
    return [{ action, table: nameOf(body["SourceTableName"]) }, ...onTarget];
  }
  if (action === "BatchGetItem" || action === "BatchWriteItem")
    return Object.keys(body["RequestItems"] as JsonObject).map((table) => ({ action, table: nameOf(table) }));
  if (action === "TransactWriteItems" || action === "TransactGetItems")
    return (body["TransactItems"] as JsonObject[]).map((each) => {
      const [kind = "", write] = Object.entries(each)[0] ?? [];
      return { action: transacted[kind] ?? kind, table: nameOf((write as JsonObject)["TableName"]) };
    });
  throw new NotEmbedded(`dynamodb ${action}`);
};

const transacted: Readonly<Record<string, string>> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
  Get: "GetItem",
};

const nameOf = (table: unknown): string => String(table).replace(/^.*:table\//, "");

/** A restored copy has its table's key and a name of its own. */
const tableOf = (tables: ReadonlyMap<string, BootedTable>, name: string): BootedTable => {
  const source = name.replace(/-restored-\w+$/, "");
  const found = tables.get(source);
  if (!found) throw new NotEmbedded(`table ${name}, which is in no template`);
  return { ...found, name, arn: `${found.arn}${name.slice(source.length)}` };
};

const authorize = (on: TableService, principal: Principal, table: BootedTable, use: Use): void => {
  const resource = use.index ? `${table.arn}/index/${use.index}` : table.arn;
  principal.may(`dynamodb:${use.action}`, resource);
  if (table.kmsKeyArn)
    on.keyUse(principal, "kms:Decrypt", table.kmsKeyArn, {
      "kms:ViaService": `dynamodb.${region}.amazonaws.com`,
    });
};

const forward = (endpoint: string, agent: Agent, call: Call): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      endpoint,
      {
        agent,
        method: "POST",
        headers: {
          ...signed,
          "x-amz-target": call.headers["x-amz-target"],
          "content-length": call.raw.length,
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => resolve(replyOf(answer.statusCode ?? 500, Buffer.concat(chunks))));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(call.raw);
  });

const replyOf = (status: number, body: Buffer): Reply => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.0" },
  body,
});
