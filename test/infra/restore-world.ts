import type { Call, Plan } from "#infra/restore/calls.ts";
import type { Restoring } from "#infra/restore/run.ts";

type Input = Call["input"];

/** AWS as far as a restore sees it. A table of two looks is there at the third. */
export const restoreWorld = (plan: Plan) => {
  const closed = new Set<string>();
  const tables = new Map<string, number>();
  const asked: string[] = [];
  const nameOf = (input: Input) => String(input["Name"] ?? input["FunctionName"]);
  const shut = (input: Input) => void closed.add(nameOf(input));
  const open = (input: Input) => void closed.delete(nameOf(input));
  const effects: Readonly<Record<string, (input: Input) => void>> = {
    PutFunctionConcurrency: shut,
    DisableRule: shut,
    DeleteFunctionConcurrency: open,
    EnableRule: open,
    UpdateEventSourceMapping: (input) => (input["Enabled"] ? open(input) : shut(input)),
    RestoreTableToPointInTime: ({ TargetTableName }) => {
      if (tables.has(String(TargetTableName))) throw new Error("TableAlreadyExistsException");
      tables.set(String(TargetTableName), 2);
    },
    DeleteTable: ({ TableName }) => void tables.delete(String(TableName)),
  };
  const stateOf = (table: string): string | undefined => {
    const left = tables.get(table);
    if (left === undefined) return undefined;
    tables.set(table, Math.max(0, left - 1));
    return left === 0 ? "ACTIVE" : "CREATING";
  };
  const isReady = () =>
    closed.size === plan.close.length &&
    tables.size === plan.copy.length &&
    [...tables.values()].every((left) => left === 0);
  const answerTo = (input: Input, more: object = {}, found: object) => {
    const { command = "sweep" } = input["Payload"] as { command?: string };
    asked.push(`${command} ${isReady() ? "ready" : "early"} ${JSON.stringify(more)}`);
    return command === "verify-audit" ? found : {};
  };
  /** `last`: the answer to the call of that number never comes, nor anything after it. */
  const on = (last = Number.POSITIVE_INFINITY, found: { problems?: object[] } = {}): Restoring => {
    let calls = 0;
    const through = async <Result>(run: () => Result): Promise<Result> => {
      calls += 1;
      if (calls > last) throw new Error("gone");
      const result = run();
      if (calls === last) throw new Error("gone");
      return result;
    };
    return {
      send: ({ action, input }) => through(() => effects[action]?.(input)),
      stateOf: (table) => through(() => stateOf(table)),
      ask: ({ input }, more) => through(() => answerTo(input, more, found)),
      say: () => undefined,
      nap: async () => undefined,
    };
  };
  return { closed, tables, asked, on };
};
