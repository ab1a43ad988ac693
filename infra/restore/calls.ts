import { copied, copyEnding } from "#functions/restore/copy.ts";
import { days, type Instant, minutes, toIso } from "#functions/values/clock.ts";
import type { Deployed, Helper } from "./deployed.ts";

/** One call of an AWS API, by its name there and with its own input. */
export type Call = {
  readonly service: "dynamodb" | "events" | "lambda";
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
};

const call = (service: Call["service"], action: string, input: Call["input"]): Call => ({
  service,
  action,
  input,
});

/**
 * Nobody is served: a function without concurrency answers nobody, and the gateway says "try again with the same key".
 * No schedule calls and no queue is read, so that nothing is judged by a row that is not back yet. Messages wait.
 */
const closing = ({ doors, schedules, readers }: Deployed): readonly Call[] => [
  ...doors.map((FunctionName) =>
    call("lambda", "PutFunctionConcurrency", { FunctionName, ReservedConcurrentExecutions: 0 }),
  ),
  ...schedules.map((Name) => call("events", "DisableRule", { Name })),
  ...readers.map((FunctionName) =>
    call("lambda", "UpdateEventSourceMapping", { FunctionName, Enabled: false }),
  ),
];

/** The same the other way round: the doors last. No function of the template reserves concurrency. */
export const opening = ({ doors, schedules, readers }: Deployed): readonly Call[] => [
  ...readers.map((FunctionName) =>
    call("lambda", "UpdateEventSourceMapping", { FunctionName, Enabled: true }),
  ),
  ...schedules.map((Name) => call("events", "EnableRule", { Name })),
  ...doors.map((FunctionName) => call("lambda", "DeleteFunctionConcurrency", { FunctionName })),
];

type Moment = { readonly to: Instant; readonly now: Instant };

/** A copy beside each table. Without indexes: it is read from end to end, and is there sooner. */
const copying = ({ tables }: Deployed, { to, now }: Moment): readonly Call[] =>
  tables
    .filter(({ name }) => copied.includes(name))
    .map(({ physical, recoveryDays }) =>
      call("dynamodb", "RestoreTableToPointInTime", {
        SourceTableName: physical,
        TargetTableName: `${physical}${copyEnding(to)}`,
        RestoreDateTime: toIso(Math.max(to, earliest(recoveryDays, now))),
        GlobalSecondaryIndexOverride: [],
      }),
    );

/**
 * A key of a person is written once and destroyed once: a later copy of the keys lacks none that is to come back but those
 * that were lost before it, which no copy has any more. All others are refused by AWS where they reach too far.
 */
const earliest = (recoveryDays: number, now: Instant): Instant =>
  recoveryDays > 1 ? 0 : now - days(recoveryDays) + minutes(10);

const dropping = (deployed: Deployed, moment: Moment): readonly Call[] =>
  copying(deployed, moment).map(({ input }) =>
    call("dynamodb", "DeleteTable", { TableName: input["TargetTableName"] }),
  );

export type Asked = { readonly to: Instant; readonly reason: string };

/** Everything that a restore calls, step by step. */
export const planOf = (deployed: Deployed, { to, reason, now }: Asked & Moment) => {
  const ask = (helper: Helper, command: object = {}): readonly Call[] => [
    call("lambda", "Invoke", { FunctionName: deployed.helpers[helper], Payload: command }),
  ];
  const why = { to: toIso(to), reason };
  return {
    close: closing(deployed),
    copy: copying(deployed, { to, now }),
    records: ask("restore", { command: "restore-records", ...why }),
    audit: ask("examine-audit", { command: "verify-audit" }),
    /** `broken`, where the step before found that it is. */
    rows: ask("restore", { command: "restore-rows", ...why, audit: "whole" }),
    outbox: ask("sweep-outbox"),
    reconcile: ask("reconcile-books", { command: "reconcile", scope: "full", dryRun: false }),
    open: opening(deployed),
    drop: dropping(deployed, { to, now }),
  };
};
export type Plan = ReturnType<typeof planOf>;
export type StepName = keyof Plan;
