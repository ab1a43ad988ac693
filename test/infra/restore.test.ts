import { describe, expect, it } from "vitest";
import { tableNames } from "#functions/runtime/table.ts";
import { arn } from "#infra/local/aws.ts";
import { doneByHand } from "#infra/restore/by-hand.ts";
import { type Call, planOf, type StepName } from "#infra/restore/calls.ts";
import { deployedIn } from "#infra/restore/deployed.ts";
import { restore } from "#infra/restore/run.ts";
import { roleOf } from "./release.ts";
import { restoreWorld } from "./restore-world.ts";
import { resourcesOf, templatesOf } from "./synthesized.ts";

const prod = templatesOf("prod");
const deployed = deployedIn(Object.values(prod));
const to = Date.UTC(2027, 0, 31, 9, 30);
const now = to + 3_600_000;
const reason = "a table was emptied by mistake";
const plan = planOf(deployed, { to, now, reason });

const of = (calls: readonly Call[], action: string, name: string) =>
  calls.filter((each) => each.action === action).map(({ input }) => input[name]);
const named = (
  type: string,
  name: string,
  is: (properties: Record<string, unknown>) => boolean = () => true,
) =>
  resourcesOf(prod, type)
    .filter(([, { Properties }]) => is(Properties))
    .map(([, { Properties }]) => String(Properties[name]));
const stage = (id: string) => `agentic-checkout-prod-${id}`;

describe("what a restore calls, by what is deployed", () => {
  it("begins with nobody being served, nothing scheduled and no queue being read", () => {
    expect(of(plan.close, "PutFunctionConcurrency", "FunctionName")).toEqual(
      [
        ...["access", "acp", "agent-docs", "audit", "authorize", "catalog", "change-orders", "customer"],
        ...[
          "domain",
          "fulfillment",
          "order",
          "receive-alert",
          "receive-stripe-event",
          "store",
          "store-docs",
          "support",
        ],
        ...["webhook"],
      ].map(stage),
    );
    const schedules = named("AWS::Events::Rule", "Name", (rule) => rule["ScheduleExpression"] !== undefined);
    expect([...of(plan.close, "DisableRule", "Name"), stage("seal-audit")].sort()).toEqual(schedules.sort());
    expect(of(plan.close, "UpdateEventSourceMapping", "FunctionName")).toEqual(
      ["apply-stripe-event", "deliver-webhook", "fan-out-event"].map(stage),
    );
    expect(
      new Set(plan.close.map(({ input }) => input["Enabled"] ?? input["ReservedConcurrentExecutions"])),
    ).toEqual(new Set([0, undefined, false]));
  });

  it("reserves no concurrency that a template reserves, so opening sets nothing free that was bound", () => {
    const reserved = named(
      "AWS::Lambda::Function",
      "FunctionName",
      (made) => "ReservedConcurrentExecutions" in made,
    );
    expect(reserved).toEqual([]);
  });

  it("opens everything that it closed, the doors last", () => {
    const name = ({ input }: Call) => input["Name"] ?? input["FunctionName"];
    expect(plan.open.map(name).sort()).toEqual(plan.close.map(name).sort());
    expect(plan.open.at(-1)?.action).toBe("DeleteFunctionConcurrency");
  });

  it("copies each table beside itself, but never those by which a restore is judged", () => {
    const sources = of(plan.copy, "RestoreTableToPointInTime", "SourceTableName");
    const kept = ["erasures", "seals"];
    expect(sources.sort()).toEqual(
      tableNames
        .filter((name) => !kept.includes(name))
        .map(stage)
        .sort(),
    );
    expect(plan.copy).toContainEqual({
      service: "dynamodb",
      action: "RestoreTableToPointInTime",
      input: {
        SourceTableName: stage("commerce"),
        TargetTableName: `${stage("commerce")}-restored-20270131T093000Z`,
        RestoreDateTime: "2027-01-31T09:30:00.000Z",
        GlobalSecondaryIndexOverride: [],
      },
    });
    expect(of(plan.drop, "DeleteTable", "TableName")).toEqual(
      of(plan.copy, "RestoreTableToPointInTime", "TargetTableName"),
    );
  });

  it("copies people's keys from no earlier than they can be: all others are as old as is asked", () => {
    const late = planOf(deployed, { to, now: to + 7 * 86_400_000, reason }).copy;
    const times = Object.fromEntries(
      late.map(({ input }) => [input["SourceTableName"], input["RestoreDateTime"]]),
    );
    expect(times[stage("people")]).toBe("2027-02-06T09:40:00.000Z");
    expect(times[stage("commerce")]).toBe("2027-01-31T09:30:00.000Z");
  });

  it("has functions do the rest: records, a look at them, rows, outbox, Stripe", () => {
    const asked = (step: StepName) =>
      plan[step].map(({ input }) => [input["FunctionName"], input["Payload"]]);
    const why = { to: "2027-01-31T09:30:00.000Z", reason };
    expect(asked("records")).toEqual([[stage("restore"), { command: "restore-records", ...why }]]);
    expect(asked("audit")).toEqual([[stage("examine-audit"), { command: "verify-audit" }]]);
    expect(asked("rows")).toEqual([[stage("restore"), { command: "restore-rows", ...why, audit: "whole" }]]);
    expect(asked("outbox")).toEqual([[stage("sweep-outbox"), {}]]);
    expect(asked("reconcile")).toEqual([
      [stage("reconcile-books"), { command: "reconcile", scope: "full", dryRun: false }],
    ]);
  });
});

describe("a dry run by hand", () => {
  it.each([
    ["restore", { to: "2027-01-31T09:30:00Z", reason }, Object.values(plan).flat()],
    ["open-traffic", {}, plan.open],
  ])("makes no call, and tells each that %s would make", async (command, given, calls) => {
    const { on } = restoreWorld(plan);
    const told = await doneByHand({ command, ...given, dryRun: true }, { deployed, now }, on(0));
    const lines = told.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(JSON.parse(JSON.stringify(calls)));
  });

  it("is refused what the run would be", async () => {
    const { on } = restoreWorld(plan);
    for (const dryRun of [true, false]) {
      const late = { command: "restore", to: "2027-02-01T00:00:00Z", reason, dryRun };
      await expect(doneByHand(late, { deployed, now }, on(0))).rejects.toThrow("not in the past");
    }
  });
});

describe("whoever restores", () => {
  const role = roleOf(prod["store-api"])("restorerestorer");
  const resourceOf = ({ service, input }: Call): string => {
    if (service === "events") return arn("events", `rule/${input["Name"]}`);
    if (service === "lambda") return arn("lambda", `function:${input["FunctionName"]}`);
    return arn("dynamodb", `table/${input["TargetTableName"] ?? input["TableName"]}`);
  };
  const mapping = arn("lambda", "event-source-mapping:1");
  const special: Readonly<Record<string, (call: Call) => boolean>> = {
    Invoke: (call) => role.may("lambda:InvokeFunction", resourceOf(call)),
    UpdateEventSourceMapping: (call) =>
      role.may("lambda:ListEventSourceMappings", "*") &&
      role.may("lambda:UpdateEventSourceMapping", mapping, { "lambda:FunctionArn": resourceOf(call) }),
    // The table itself is another stack's, known by what that exports.
    RestoreTableToPointInTime: (call) =>
      role.may("dynamodb:BatchWriteItem", resourceOf(call)) &&
      role.statements.some(
        ({ Action, Resource }) =>
          Action === "dynamodb:RestoreTableToPointInTime" &&
          JSON.stringify(Resource).includes(
            `${String(call.input["SourceTableName"]).split("-").at(-1)}table`,
          ),
      ),
  };

  it("may do all of it", () => {
    for (const call of Object.values(plan).flat()) {
      const { service, action } = call;
      const may = special[action]?.(call) ?? role.may(`${service}:${action}`, resourceOf(call));
      expect(may, JSON.stringify(call)).toBe(true);
    }
  });

  it("reads, writes and deletes no table, calls no other function, and stops no other stage", () => {
    for (const name of tableNames)
      for (const action of ["GetItem", "Scan", "Query", "PutItem", "UpdateItem", "DeleteItem", "DeleteTable"])
        expect(
          role.may(`dynamodb:${action}`, arn("dynamodb", `table/${stage(name)}`)),
          `${action} ${name}`,
        ).toBe(false);
    for (const id of ["operator", "acp", "customer"])
      expect(role.may("lambda:InvokeFunction", arn("lambda", `function:${stage(id)}`)), id).toBe(false);
    const dev = arn("lambda", "function:agentic-checkout-dev-acp");
    expect(role.may("lambda:PutFunctionConcurrency", dev)).toBe(false);
    expect(role.may("lambda:UpdateEventSourceMapping", mapping, { "lambda:FunctionArn": dev })).toBe(false);
  });

  it("comes with a second factor and a tag that has one value", () => {
    const facts = { "aws:MultiFactorAuthPresent": "true", "aws:PrincipalTag/agentic-checkout": "restorer" };
    expect(role.takes(facts)).toBe(true);
    for (const name of Object.keys(facts))
      expect(role.takes({ ...facts, [name]: "developer" }), name).toBe(false);
  });
});

describe("a restore that is interrupted", () => {
  const all = (audit: string) => [
    "restore-records ready {}",
    "verify-audit ready {}",
    `restore-rows ready {"audit":"${audit}"}`,
    "sweep ready {}",
    "reconcile ready {}",
  ];

  it("does everything in its order, closed and with all copies there, and leaves nothing shut or behind", async () => {
    const { closed, tables, asked, on } = restoreWorld(plan);
    await restore(on(), plan);
    expect(asked).toEqual(all("whole"));
    expect([closed.size, tables.size]).toEqual([0, 0]);
  });

  it("tells the rows that the records are broken", async () => {
    const { asked, on } = restoreWorld(plan);
    await restore(on(undefined, { problems: [{ problem: "record missing" }] }), plan);
    expect(asked).toEqual(all("broken"));
  });

  it("is gone on with from any call at which it died", async () => {
    for (let last = 1, died = true; died; last += 1) {
      const { closed, tables, asked, on } = restoreWorld(plan);
      died = await restore(on(last), plan).then(
        () => false,
        () => true,
      );
      asked.length = 0;
      await restore(on(), plan);
      expect(asked, `died at ${last}`).toEqual(all("whole"));
      expect([closed.size, tables.size], `died at ${last}`).toEqual([0, 0]);
    }
  });
});
