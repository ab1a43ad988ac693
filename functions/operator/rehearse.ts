import type { Platform } from "#functions/runtime/platform.ts";
import { rehearsedTable } from "#functions/runtime/rehearsed-table.ts";
import type { SecretVault } from "#functions/runtime/secrets.client.ts";
import type { TableName, Write } from "#functions/runtime/table.ts";
import { seconds } from "#functions/values/clock.ts";
import { walkTime } from "./limits.ts";
import { type Part, together } from "./parts.ts";

/** All that a command may change anything by. What else it is handed only reads. */
export type Doors = Pick<Platform, "table" | "now" | "count"> & { readonly secrets?: SecretVault };

type Answer = { readonly cursor?: unknown; readonly part?: Part; readonly waitSeconds?: number };

/** One call of those that it takes: from where the one before came to. */
export type Call<On> = {
  readonly on: On;
  readonly nth: number;
  readonly from: { readonly cursor?: unknown };
};

/** What the operator's functions write to and may not read: what they write there follows from what they did read. */
const unread: readonly TableName[] = ["audit", "outbox", "people", "webhooks"];

/**
 * The very command, on doors that lead nowhere: it refuses what it would refuse, and what it writes counts for it from
 * then on. Where it would wait, the clock is put on, so the calls to its end are made in one; `complete` says whether
 * there was time for all of them.
 */
export const rehearse = async <On extends Doors>(
  on: On,
  remaining: () => number,
  run: (call: Call<On>) => Promise<object>,
): Promise<{ readonly answer: object; readonly came: object }> => {
  const stage = stageOf(on);
  let [soFar, waited]: [Part, number] = [{}, 0];
  for (let nth = 1, from: Call<On>["from"] = {}; ; nth += 1) {
    const answer: Answer = await run({ on: stage.on, nth, from });
    const { cursor, part, waitSeconds = 0 } = answer;
    soFar = together(soFar, part);
    const complete = cursor === undefined;
    if (complete || remaining() < walkTime)
      return { answer: { ...answer, ...soFar }, came: { complete, waitSeconds: waited, ...stage.came() } };
    from = { cursor };
    waited += waitSeconds;
    stage.wait(waitSeconds);
  }
};

const stageOf = <On extends Doors>(on: On) => {
  let waited = 0;
  const now = () => on.now() + waited;
  const { table, written } = rehearsedTable(on.table, unread);
  const put = new Map<string, string>();
  const secrets = on.secrets && rehearsedVault(on.secrets, put);
  return {
    on: { ...on, now, table, count: () => undefined, ...(secrets && { secrets }) },
    wait: (forSeconds: number) => {
      waited += seconds(forSeconds);
    },
    came: () => ({ acts: actsIn(written), rows: rowsIn(written), secrets: put.size }),
  };
};

const rehearsedVault = (vault: SecretVault, put: Map<string, string>): SecretVault => ({
  read: async (arn) => put.get(arn) ?? vault.read(arn),
  write: async (arn, text) => {
    put.set(arn, text);
    return true;
  },
});

/** Nothing is done without a record of it, so the records that it would leave are what it would do. */
const actsIn = (written: readonly Write[]): object[] => {
  const records = written.flatMap(({ table, change }) =>
    table === "audit" && "put" in change ? [change.put] : [],
  );
  const byAction = Map.groupBy(records, (act) => act["action"]);
  return [...byAction].map(([action, of]) => ({
    action,
    times: of.length,
    stores: [...new Set(of.flatMap((act) => act["storeId"] ?? []))],
  }));
};

/** How many of each table. */
const rowsIn = (written: readonly Write[]): Record<string, number> => {
  const keys = new Map(written.map(({ table, key }) => [JSON.stringify([table, key]), table]));
  const byTable = Map.groupBy(keys.values(), (table) => table);
  return Object.fromEntries([...byTable].map(([table, of]) => [table, of.length]));
};
