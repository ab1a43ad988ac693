import { describe, expect, it } from "vitest";
import { stageNames, stageOf } from "#infra/stage.ts";
import { grantsByFunction, listed, statementsOf } from "./granted.ts";
import { grants } from "./grants.ts";
import { type Resource, resourcesOf, type Stacks, templatesOf } from "./synthesized.ts";

const prod = templatesOf("prod");
const every: [string, Stacks][] = stageNames.map((stage) => [
  stage,
  stage === "prod" ? prod : templatesOf(stage),
]);

const propertiesOf = (type: string): [string, Resource["Properties"]][] =>
  resourcesOf(prod, type).map(([id, { Properties }]) => [id, Properties]);

const keyOf = (properties: object) => /keys(records|people|operations)/.exec(JSON.stringify(properties))?.[1];

describe("what is kept", () => {
  const recovery = (days: number) => ({ PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: days });

  it.each(propertiesOf("AWS::DynamoDB::Table"))(
    "can be restored and is not deleted by mistake: %s",
    (id, table) => {
      expect(table["DeletionProtectionEnabled"]).toBe(true);
      // An erased person must not be restorable for weeks.
      expect(table["PointInTimeRecoverySpecification"]).toEqual(recovery(id.startsWith("people") ? 1 : 35));
      expect(table["SSESpecification"]).toMatchObject({ SSEEnabled: true, SSEType: "KMS" });
      expect(keyOf(table)).toBe(id.startsWith("people") ? "people" : "records");
    },
  );

  it.each(["AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SecretsManager::Secret"])(
    "outlives its stack: %s",
    (type) => {
      const policies = resourcesOf(prod, type).map(([, { DeletionPolicy }]) => DeletionPolicy);
      expect(new Set(policies)).toEqual(new Set(["Retain"]));
    },
  );

  it("is under three keys that turn by themselves, and signed by a fourth that KMS can't turn", () => {
    expect(
      propertiesOf("AWS::KMS::Key").map(([id, key]) => [id.slice(0, -8), key["EnableKeyRotation"]]),
    ).toEqual([
      ["keysrecords", true],
      ["keyspeople", true],
      ["keysoperations", true],
      ["keysseals", undefined],
    ]);
  });

  it("tells whoever hears of alarms that somebody ends a key, and that a certificate was not renewed", () => {
    const told = propertiesOf("AWS::Events::Rule").filter(([, { Targets }]) =>
      JSON.stringify(Targets ?? "").includes("alarmstopic"),
    );
    expect(told.map(([, { EventPattern }]) => EventPattern)).toEqual([
      {
        source: ["aws.kms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        detail: { eventSource: ["kms.amazonaws.com"], eventName: ["ScheduleKeyDeletion", "DisableKey"] },
      },
      {
        source: ["aws.acm"],
        "detail-type": ["ACM Certificate Approaching Expiration", "ACM Certificate Expired"],
      },
    ]);
    for (const [, { Targets }] of told) expect(JSON.stringify(Targets)).toContain("RoleArn");
  });

  it.each(["AWS::Logs::LogGroup", "AWS::SQS::Queue", "AWS::Events::EventBus", "AWS::SNS::Topic"])(
    "is under the key of operations where it passes by: %s",
    (type) => {
      expect(new Set(propertiesOf(type).map(([, properties]) => keyOf(properties)))).toEqual(
        new Set(["operations"]),
      );
    },
  );

  it("is masked once more by CloudWatch in every log: cards, addresses, keys, secrets", () => {
    const groups = propertiesOf("AWS::Logs::LogGroup");
    const names = JSON.stringify(groups.map(([, { LogGroupName }]) => LogGroupName));
    for (const kind of [
      "/aws/lambda/",
      "/aws/apigateway/",
      "API-Gateway-Execution-Logs_",
      "/aws/vendedlogs/states/",
      "aws-waf-logs-",
    ])
      expect(names).toContain(kind);
    for (const [id, group] of groups)
      for (const kind of "CreditCardNumber EmailAddress lk_ whsec_ whsk_ brsec_ c[ks]_ [sr]k_".split(" "))
        expect(JSON.stringify(group["DataProtectionPolicy"]), id).toContain(kind);
  });

  it("is written without execution data, in logs that end", () => {
    for (const [id, machine] of propertiesOf("AWS::StepFunctions::StateMachine")) {
      expect(machine["LoggingConfiguration"], id).toMatchObject({ IncludeExecutionData: false });
      expect(machine["TracingConfiguration"], id).toEqual({ Enabled: true });
    }
    for (const [id, group] of propertiesOf("AWS::Logs::LogGroup"))
      expect(group["RetentionInDays"], id).toBe(365);
  });
});

describe("what may be done", () => {
  it("is exactly what was reviewed, function by function", () => {
    expect(grantsByFunction(prod)).toEqual(grants);
  });

  it("lets nobody change or remove what is on record, and only the sealer seal, which writes no record", () => {
    const may = (resource: RegExp, verbs: RegExp) =>
      Object.entries(grantsByFunction(prod))
        .filter(([, lines]) => lines.some((line) => resource.test(line) && verbs.test(line)))
        .map(([name]) => name);
    expect(may(/^(audit|seals):/, /UpdateItem|DeleteItem|BatchWrite|PartiQL/)).toEqual([]);
    expect(may(/^seals:/, /PutItem/)).toEqual(["audit/seal-audit"]);
    expect(may(/^key seals:/, /Sign/)).toEqual(["audit/seal-audit"]);
    expect(may(/^audit:/, /PutItem/)).not.toContain("audit/seal-audit");
  });

  it("is limited as it is written, but on a laptop", () => {
    const widened = every.filter(([, stacks]) => JSON.stringify(stacks).includes("LIMIT_FACTOR"));
    expect(widened.map(([stage]) => stage)).toEqual(["local"]);
  });

  it("is the same on every stage", () => {
    for (const [stage, templates] of every) expect(grantsByFunction(templates), stage).toEqual(grants);
  });

  it("names its actions: no statement allows a wildcard but a key's own administration", () => {
    for (const { id, type, statement } of statementsOf(prod)) {
      const wild = listed(statement.Action).filter((action) => action.includes("*"));
      if (statement.Effect === "Deny" || wild.length === 0) continue;
      expect({ id, type, wild }).toEqual({ id, type: "AWS::KMS::Key", wild: ["kms:*"] });
      expect(JSON.stringify(statement)).toContain(":root");
    }
  });

  it("names its resources: only X-Ray, log delivery and a list, which know none, are allowed on all", () => {
    const onAll = statementsOf(prod)
      .filter(({ type, statement }) => type === "AWS::IAM::Role" && statement.Resource === "*")
      .flatMap(({ statement }) => listed(statement.Action));
    expect(onAll.filter((action) => !/^(xray:|logs:|lambda:ListEventSourceMappings$)/.test(action))).toEqual(
      [],
    );
  });

  it("gives services a key, a queue or a topic only in this account's name", () => {
    const toServices = statementsOf(prod).filter(
      ({ type, statement }) => type !== "AWS::IAM::Role" && JSON.stringify(statement).includes('"Service"'),
    );
    expect(toServices.length).toBeGreaterThan(5);
    for (const { id, statement } of toServices)
      expect(JSON.stringify(statement.Condition ?? {}), id).toMatch(/aws:Source(Account|Arn)|aws:logs:arn/);
  });

  it("hangs on the role alone: no managed policy, no policy beside it, no user", () => {
    for (const type of ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::User", "AWS::Lambda::Url"])
      expect(propertiesOf(type), type).toEqual([]);
    const managed = propertiesOf("AWS::IAM::Role").filter(([, { ManagedPolicyArns }]) => ManagedPolicyArns);
    expect(managed.map(([id]) => id)).toEqual([expect.stringMatching(/^gatewaylogs/)]);
  });
});

describe("what is watched", () => {
  it("is at most fifteen promises, each telling somebody when it breaks and when it holds again", () => {
    const alarms = propertiesOf("AWS::CloudWatch::Alarm");
    expect(alarms.length).toBeLessThanOrEqual(15);
    for (const [id, alarm] of alarms) {
      expect(alarm["AlarmActions"], id).toHaveLength(1);
      expect(alarm["OKActions"], id).toHaveLength(1);
    }
    expect(propertiesOf("AWS::SNS::Subscription").map(([, { Endpoint }]) => Endpoint)).toEqual([
      stageOf("prod").alarms?.email,
    ]);
  });

  const watched = (name: string) =>
    propertiesOf("AWS::CloudWatch::Alarm").find(([, { AlarmName }]) => String(AlarmName).endsWith(name))?.[1];

  it("is that events are passed on, by whoever is further behind: the stream's reader or the queue", () => {
    const sums = JSON.stringify(watched("events-are-passed-on"));
    expect(sums).toContain("MAX([FILL(stream, 0) / 1000, FILL(queue, 0)])");
    expect(sums).toMatch(/"MetricName":"IteratorAge".*"MetricName":"ApproximateAgeOfOldestMessage"/);
  });

  it.each(["order/sweep-orders", "payment/apply-stripe-event", "reconciliation/reconcile-books"])(
    "is a refund that came home, whoever hears of it: %s",
    (service) => {
      const sums = JSON.stringify(watched("money-is-given-back")?.["Metrics"]);
      expect(sums).toMatch(
        new RegExp(`"Value":"${service}"[^{}]*}[^{}]*{[^{}]*}\\],"MetricName":"RefundFailed"`),
      );
    },
  );

  it("is that the books are compared at all: silence rings, and calls that fail are silence", () => {
    const alarm = watched("books-agree");
    const looks = { MetricName: "BooksCompared", Namespace: "agentic-checkout" };
    expect(alarm).toMatchObject({ ComparisonOperator: "LessThanThreshold", TreatMissingData: "breaching" });
    expect(alarm?.["Metrics"]).toContainEqual(
      expect.objectContaining({
        MetricStat: expect.objectContaining({ Metric: expect.objectContaining(looks), Period: 1_800 }),
      }),
    );
  });

  it("fits CloudFormation: no stack has more than 350 resources", () => {
    for (const [stage, templates] of every)
      for (const [stack, { Resources }] of Object.entries(templates))
        expect(Object.keys(Resources).length, `${stage} ${stack}`).toBeLessThanOrEqual(350);
  });
});
