import { describe, expect, it } from "vitest";
import type { Json } from "#infra/local/aws.ts";
import { assemblyOf, type Template } from "#infra/local/template.ts";

/** CloudFormation's placeholder. */
const hole = (name: string): string => ["$", `{${name}}`].join("");

const place = { frontUrl: () => "http://front" };

/** What a property resolves to in a stack with a queue, a key, and an exporting neighbor. */
const resolved = (value: Json): unknown => {
  const assembly = assemblyOf(
    {
      near: {
        Parameters: { Size: { Default: "3" } },
        Conditions: {
          Small: { "Fn::Equals": [{ Ref: "Size" }, "3"] },
          Large: { "Fn::Not": [{ Condition: "Small" }] },
        },
        Mappings: { Colors: { mug: { handle: "blue" } } },
        Resources: {
          jobs: { Type: "AWS::SQS::Queue", Properties: { QueueName: "jobs" } },
          absent: { Type: "AWS::SQS::Queue", Condition: "Large" },
          here: { Type: "AWS::Logs::LogGroup", Properties: { Value: value } },
        },
      },
      far: {
        Resources: { rows: { Type: "AWS::DynamoDB::Table", Properties: { TableName: "rows" } } },
        Outputs: { rows: { Value: { "Fn::GetAtt": ["rows", "Arn"] }, Export: { Name: "far:rows" } } },
      },
    },
    place,
  );
  const [here] = assembly.ofType("AWS::Logs::LogGroup");
  return assembly.properties<{ Value?: unknown }>(here!).Value;
};

describe("an intrinsic", () => {
  it.each<[string, Json, unknown]>([
    ["Ref of a resource", { Ref: "jobs" }, "http://front/000000000000/jobs"],
    ["Ref of a parameter", { Ref: "Size" }, "3"],
    ["Ref of a pseudo parameter", { Ref: "AWS::Region" }, "us-east-1"],
    ["GetAtt", { "Fn::GetAtt": ["jobs", "Arn"] }, "arn:aws:sqs:us-east-1:000000000000:jobs"],
    ["GetAtt by dots", { "Fn::GetAtt": "jobs.QueueName" }, "jobs"],
    ["Join", { "Fn::Join": ["-", ["a", { Ref: "Size" }]] }, "a-3"],
    [
      "Sub",
      { "Fn::Sub": `${hole("jobs.Arn")}/${hole("Size")}/${hole("!literal")}` },
      `arn:aws:sqs:us-east-1:000000000000:jobs/3/${hole("literal")}`,
    ],
    ["Sub with its own variables", { "Fn::Sub": [hole("who"), { who: { Ref: "Size" } }] }, "3"],
    ["Select and Split", { "Fn::Select": [1, { "Fn::Split": ["/", "a/b/c"] }] }, "b"],
    ["If", { "Fn::If": ["Small", "small", "large"] }, "small"],
    ["And and Or", { "Fn::And": [{ Condition: "Small" }, { "Fn::Or": [false, true] }] }, true],
    ["FindInMap", { "Fn::FindInMap": ["Colors", "mug", "handle"] }, "blue"],
    ["ImportValue", { "Fn::ImportValue": "far:rows" }, "arn:aws:dynamodb:us-east-1:000000000000:table/rows"],
    ["NoValue in an object", { kept: 1, left: { Ref: "AWS::NoValue" } }, { kept: 1 }],
    ["NoValue in a list", [1, { Ref: "AWS::NoValue" }], [1]],
  ])("%s is resolved", (_, value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });

  it.each<[string, Json]>([
    ["an unknown one", { "Fn::Transform": {} }],
    ["a resource that is not there", { Ref: "nobody" }],
    ["a resource whose condition fails", { "Fn::GetAtt": ["absent", "Nothing"] }],
    ["an attribute that nobody gives", { "Fn::GetAtt": ["jobs", "Color"] }],
    ["an export that nobody made", { "Fn::ImportValue": "nowhere" }],
  ])("throws for %s", (_, value) => {
    expect(() => resolved(value)).toThrow();
  });
});

describe("a template", () => {
  const boot = (template: Template) => () => assemblyOf({ stack: template }, place);

  it("with a type that has no engine is refused by name, unless a laptop can do without it", () => {
    expect(boot({ Resources: { cache: { Type: "AWS::ElastiCache::CacheCluster" } } })).toThrow(
      "AWS::ElastiCache::CacheCluster (stack/cache)",
    );
    expect(boot({ Resources: { alarm: { Type: "AWS::CloudWatch::Alarm" } } })).not.toThrow();
  });
});
