import { canonicalJson, sha256 } from "#functions/runtime/canonical-json.ts";
import { readAssembly } from "#infra/local/template.ts";
import type { World } from "./world.ts";

/** A row as DynamoDB writes it on the wire: `{ pk: { S: "…" } }`, bytes in base64. */
export type StoredRow = { readonly table: string } & Readonly<Record<string, unknown>>;

/** Every row of every table of the app, in the order of its key. */
export const rowsOf = async (world: Pick<World, "laptop" | "assembly">): Promise<StoredRow[]> => {
  const { cloud } = world.laptop;
  const assembly = readAssembly(world.assembly, { frontUrl: () => cloud.endpoint });
  const tables = assembly.ofType("AWS::DynamoDB::Table").map((table) => assembly.ref(table));
  const scans = await Promise.all(
    tables.map(async (table) => (await scan(cloud, table)).map((row) => ({ table, ...row }))),
  );
  return scans.flat().sort((left, right) => order(left).localeCompare(order(right)));
};

/** Deletes every row of these tables, as somebody's mistake would. */
export const emptied = async (
  world: Pick<World, "laptop" | "assembly">,
  names: readonly string[],
): Promise<void> => {
  for (const { table, pk, sk } of await rowsOf(world))
    if (names.some((name) => table.endsWith(`-${name}`)))
      await call(world.laptop.cloud, "DeleteItem", { TableName: table, Key: { pk, sk } });
};

/** What is in the tables by key, but when a license key was last used: equal before and after what stores nothing. */
export const tablesOf = async (world: Pick<World, "laptop" | "assembly">): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await rowsOf(world)).filter(isKept).map((row) => {
      const { lastUsedAt: _, ...rest } = row as StoredRow & { readonly lastUsedAt?: unknown };
      return [order(row), sha256(canonicalJson(rest))];
    }),
  );

/** Whoever asks is counted, whatever is asked; what counts as a purchase or a refund is kept in view. */
const isKept = ({ sk }: StoredRow): boolean => !JSON.stringify(sk).includes("counter#requests#");

const order = ({ table, ...row }: StoredRow): string => JSON.stringify([table, row["pk"], row["sk"]]);

type Cloud = World["laptop"]["cloud"];

const scan = async (cloud: Cloud, table: string): Promise<Record<string, unknown>[]> => {
  const rows: Record<string, unknown>[] = [];
  let start: unknown;
  do {
    const page = await call(cloud, "Scan", {
      TableName: table,
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    rows.push(...page.Items);
    start = page.LastEvaluatedKey;
  } while (start);
  return rows;
};

type Page = { readonly Items: Record<string, unknown>[]; readonly LastEvaluatedKey?: unknown };

const call = async (cloud: Cloud, action: string, body: object): Promise<Page> => {
  const answer = await fetch(cloud.endpoint, {
    method: "POST",
    headers: {
      "x-amz-target": `DynamoDB_20120810.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${cloud.operator.accessKeyId}/20260101/us-east-1/dynamodb/aws4_request`,
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
  return (await answer.json()) as Page;
};
