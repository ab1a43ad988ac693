import { describe, expect, it } from "vitest";
import type { PolicyContext } from "#infra/local/aws.ts";
import { allows, assertJudged, type Statement } from "#infra/local/policy.ts";

const table = "arn:aws:dynamodb:us-east-1:000000000000:table/rows";
const allow = (more: Partial<Statement> = {}): Statement => ({
  Effect: "Allow",
  Action: "dynamodb:GetItem",
  Resource: table,
  ...more,
});
const asked = (context: PolicyContext = {}, resource = table) => ({
  action: "dynamodb:GetItem",
  resource,
  context,
});

describe("a policy", () => {
  it.each<[string, Statement[], boolean]>([
    ["nothing", [], false],
    ["the very action and resource", [allow()], true],
    ["another action", [allow({ Action: "dynamodb:PutItem" })], false],
    ["another resource", [allow({ Resource: `${table}2` })], false],
    [
      "a wildcard",
      [allow({ Action: ["dynamodb:Get*"], Resource: ["arn:aws:dynamodb:*:*:table/ro?s"] })],
      true,
    ],
    ["the index of the table", [allow({ Resource: `${table}/index/*` })], false],
    ["everything but this resource", [allow({ Resource: undefined, NotResource: table })], false],
    ["everything but another", [allow({ Resource: undefined, NotResource: `${table}2` })], true],
    ["a deny beside it", [allow(), allow({ Effect: "Deny", Action: "*", Resource: "*" })], false],
  ])("with %s answers %s", (_, statements, expected) => {
    expect(allows(statements, asked())).toBe(expected);
  });

  it.each<[string, PolicyContext, boolean]>([
    ["StringEquals", { "kms:ViaService": "sqs" }, true],
    ["StringEquals", { "kms:ViaService": "other" }, false],
    ["StringEquals", {}, false],
    ["StringLike", { "kms:ViaService": "sqs" }, true],
    ["StringNotEquals", { "kms:ViaService": "sqs" }, false],
    ["StringEqualsIfExists", {}, true],
    ["ForAllValues:StringEquals", { "kms:ViaService": ["sqs", "other"] }, false],
    ["ForAnyValue:StringEquals", { "kms:ViaService": ["sqs", "other"] }, true],
  ])("under %s of %j answers %s", (operator, context, expected) => {
    const statement = allow({ Condition: { [operator]: { "kms:ViaService": "sqs" } } });
    expect(allows([statement], asked(context))).toBe(expected);
  });

  it.each<[string, Partial<Statement>]>([
    ["an unknown operator", { Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }],
    ["an unknown key", { Condition: { StringEquals: { "aws:PrincipalTag/team": "a" } } }],
    ["NotAction", { NotAction: "iam:*" }],
  ])("with %s fails the boot", (_, more) => {
    expect(() => assertJudged(allow(more), "a role")).toThrow("a role");
  });
});
