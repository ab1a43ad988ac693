import { describe, expect, it } from "vitest";
import { eventTypes } from "#events/catalogue.ts";
import { source } from "#functions/outbox/event-bus.client.ts";
import { stageNames } from "#infra/stage.ts";
import { type Resource, resourcesOf, type Template, templatesOf } from "./synthesized.ts";

/** What the embedded cloud and emulators let through and AWS refuses: each row is a deployment that would fail. */
const prod = templatesOf("prod");
const every = stageNames.map((stage) => (stage === "prod" ? prod : templatesOf(stage)));

const propertiesOf = (type: string): [string, Resource["Properties"]][] =>
  resourcesOf(prod, type).map(([id, { Properties }]) => [id, Properties]);

const text = (value: unknown): string => JSON.stringify(value);

describe("names", () => {
  const limits = {
    "AWS::Lambda::Function": ["FunctionName", 64],
    "AWS::SQS::Queue": ["QueueName", 80],
    "AWS::StepFunctions::StateMachine": ["StateMachineName", 80],
    "AWS::Events::Rule": ["Name", 64],
    "AWS::Events::EventBus": ["Name", 256],
    "AWS::SNS::Topic": ["TopicName", 256],
    "AWS::CloudWatch::Alarm": ["AlarmName", 255],
    "AWS::WAFv2::WebACL": ["Name", 128],
    "AWS::DynamoDB::Table": ["TableName", 255],
    "AWS::SecretsManager::Secret": ["Name", 512],
    "AWS::KMS::Alias": ["AliasName", 256],
    "AWS::ApiGateway::RestApi": ["Name", 255],
  } as const;

  it.each(Object.entries(limits))(
    "fit, and no two are the same on any stage: %s",
    (type, [property, longest]) => {
      for (const templates of every) {
        const found = resourcesOf(templates, type).map(([, { Properties }]) => String(Properties[property]));
        expect(new Set(found).size).toBe(found.length);
        for (const name of found) expect(name).toMatch(new RegExp(`^[A-Za-z0-9_./-]{1,${longest}}$`));
      }
    },
  );

  it("lets roles be named by CloudFormation, since IAM knows no regions", () => {
    for (const [id, { RoleName }] of propertiesOf("AWS::IAM::Role")) expect(RoleName, id).toBeUndefined();
  });
});

describe("limits", () => {
  it("gives a message six times its reader's time before it is seen again", () => {
    const timeouts = new Map(
      propertiesOf("AWS::Lambda::Function").map(([id, { Timeout }]) => [id, Number(Timeout)]),
    );
    const queues = new Map(
      propertiesOf("AWS::SQS::Queue").map(([id, { VisibilityTimeout }]) => [id, Number(VisibilityTimeout)]),
    );
    const mappings = propertiesOf("AWS::Lambda::EventSourceMapping").flatMap(([, mapping]) => {
      const [, queue] = /"(\w*queue\w+)"/.exec(text(mapping["EventSourceArn"])) ?? [];
      const [, reader] = /"(\w+)"\}$/.exec(text(mapping["FunctionName"])) ?? [];
      return queue && reader ? [{ queue, reader }] : [];
    });
    expect(mappings).toHaveLength(3);
    for (const { queue, reader } of mappings)
      expect(queues.get(queue)).toBeGreaterThanOrEqual(6 * (timeouts.get(reader) ?? Number.NaN));
  });

  it("keeps a function's environment under 4 kB and out of Lambda's own names", () => {
    for (const [id, { Environment }] of propertiesOf("AWS::Lambda::Function")) {
      // A reference is at most an ARN long.
      const { Variables } = Environment as { Variables: Record<string, unknown> };
      const size = Object.entries(Variables).map(
        ([name, value]) => name.length + (typeof value === "string" ? value.length : 200),
      );
      expect(
        size.reduce((sum, each) => sum + each, 0),
        id,
      ).toBeLessThan(4_096);
      expect(
        Object.keys(Variables).filter((name) => /^(AWS_|LAMBDA_|_)/.test(name)),
        id,
      ).toEqual([]);
    }
  });

  it("keeps a role's inline policies under 10,240 characters", () => {
    for (const [id, { Policies = [] }] of propertiesOf("AWS::IAM::Role"))
      expect(text(Policies).replace(/\s/g, "").length, id).toBeLessThan(10_240);
  });

  it("keeps a function's resource policy under 20 kB", () => {
    const callers = propertiesOf("AWS::Lambda::Permission").map(([, { FunctionName }]) => text(FunctionName));
    // A statement is some 400 characters long.
    for (const name of new Set(callers))
      expect(callers.filter((each) => each === name).length).toBeLessThan(50);
  });

  it("keeps templates under 1 MB and 200 outputs", () => {
    for (const template of Object.values(prod) as Template[]) {
      expect(text(template).length).toBeLessThan(1_000_000);
      expect(Object.keys(template.Outputs ?? {}).length).toBeLessThan(200);
    }
  });

  it("keeps web access lists under 1,500 capacity units", () => {
    const units: Record<string, number> = {
      AWSManagedRulesCommonRuleSet: 700,
      AWSManagedRulesKnownBadInputsRuleSet: 200,
      AWSManagedRulesAmazonIpReputationList: 25,
      "rate-by-address": 2,
      "rate-by-license-key": 40,
    };
    for (const [, { Rules }] of propertiesOf("AWS::WAFv2::WebACL")) {
      const rules = (Rules as { Name: string }[]).map(({ Name }) => units[Name] ?? Number.NaN);
      expect(rules.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(1_500);
      const priorities = (Rules as { Priority: number }[]).map(({ Priority }) => Priority);
      expect(new Set(priorities).size).toBe(priorities.length);
    }
  });
});

describe("roles", () => {
  it("are taken by API Gateway without a condition: of itself it says nothing then, and any would refuse it", () => {
    const trusts = propertiesOf("AWS::IAM::Role").flatMap(
      ([, { AssumeRolePolicyDocument }]) =>
        (AssumeRolePolicyDocument as { Statement: { Principal: object; Condition?: object }[] }).Statement,
    );
    const toGateway = trusts.filter(({ Principal }) => text(Principal).includes("apigateway.amazonaws.com"));
    // Both APIs, and whoever writes the account's logs.
    expect(toGateway).toHaveLength(3);
    for (const { Condition } of toGateway) expect(Condition).toBeUndefined();
  });
});

describe("tables", () => {
  it.each(propertiesOf("AWS::DynamoDB::Table"))(
    "defines exactly the attributes of its keys: %s",
    (_, table) => {
      const indexes = table["GlobalSecondaryIndexes"] as { KeySchema: { AttributeName: string }[] }[];
      const schemas = [
        table["KeySchema"] as { AttributeName: string }[],
        ...indexes.map(({ KeySchema }) => KeySchema),
      ];
      const keys = new Set(schemas.flat().map(({ AttributeName }) => AttributeName));
      const defined = (table["AttributeDefinitions"] as { AttributeName: string }[]).map(
        ({ AttributeName }) => AttributeName,
      );
      expect(defined.sort()).toEqual([...keys].sort());
      expect(indexes.length).toBeLessThanOrEqual(20);
    },
  );

  it("wakes by one stream, of inserts only, of keys only", () => {
    const streams = propertiesOf("AWS::DynamoDB::Table").filter(
      ([, { StreamSpecification }]) => StreamSpecification,
    );
    expect(streams.map(([, { StreamSpecification }]) => StreamSpecification)).toEqual([
      { StreamViewType: "KEYS_ONLY" },
    ]);
    const filters = propertiesOf("AWS::Lambda::EventSourceMapping").flatMap(
      ([, { FilterCriteria }]) => FilterCriteria ?? [],
    );
    expect(filters).toEqual([{ Filters: [{ Pattern: '{"eventName":["INSERT"]}' }] }]);
  });
});

describe("events", () => {
  it("match what is put, by lists and by types that exist", () => {
    // What AWS puts on the account's own bus is not ours to put.
    const patterns = propertiesOf("AWS::Events::Rule").flatMap(([, { EventPattern, EventBusName }]) =>
      EventPattern && EventBusName ? [EventPattern] : [],
    );
    expect(patterns).toHaveLength(2);
    for (const pattern of patterns as { source: string[]; "detail-type"?: string[] }[]) {
      expect(pattern.source).toEqual([source]);
      for (const type of pattern["detail-type"] ?? []) expect(eventTypes).toContain(type);
    }
  });

  it("reach a state machine by a role, and are kept when they reach nothing", () => {
    const targets = propertiesOf("AWS::Events::Rule").flatMap(
      ([, { Targets }]) => Targets as Record<string, unknown>[],
    );
    expect(targets.filter(({ DeadLetterConfig }) => DeadLetterConfig === undefined)).toEqual([]);
    const machines = targets.filter(({ Arn }) => text(Arn).includes("machine"));
    expect(machines.map(({ RoleArn }) => typeof RoleArn)).toEqual(["object"]);
  });

  it("reach a function by a permission", () => {
    const schedules = propertiesOf("AWS::Events::Rule").filter(([, rule]) => rule["ScheduleExpression"]);
    const permitted = propertiesOf("AWS::Lambda::Permission").filter(
      ([, { Principal }]) => Principal === "events.amazonaws.com",
    );
    expect(schedules.length).toBeGreaterThan(6);
    expect(permitted).toHaveLength(schedules.length);
  });
});
