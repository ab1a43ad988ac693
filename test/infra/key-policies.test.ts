import { describe, expect, it, test } from "vitest";
import { statementsOf } from "./granted.ts";
import { resourcesOf, templatesOf } from "./synthesized.ts";

const prod = templatesOf("prod");
const keys = resourcesOf(prod, "AWS::KMS::Key");

/** `Ref`s and joins as the text that they come to. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  if ("Ref" in value) return String(value.Ref).replace("AWS::", "");
  if ("Fn::Join" in value) return (plain(value["Fn::Join"]) as [string, string[]])[1].join("");
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
};

const use = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"];
const move = ["kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey"];

const administration = { who: { AWS: "arn:Partition:iam::AccountId:root" }, may: "kms:*", when: {} };
const through = (service: string) => ({
  who: { AWS: "*" },
  may: [...use, ...move, "kms:CreateGrant"],
  when: {
    StringEquals: { "kms:CallerAccount": "AccountId", "kms:ViaService": `${service}.Region.amazonaws.com` },
  },
});
const service = (name: string) => ({
  who: { Service: name },
  may: ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
  when: { StringEquals: { "aws:SourceAccount": "AccountId" } },
});
const logGroup = (name: string) => `arn:Partition:logs:Region:AccountId:log-group:${name}`;

/** Every statement of every key's policy: whoever widens one changes this table. */
const policies = {
  records: [administration, through("dynamodb"), through("secretsmanager")],
  people: [administration, through("dynamodb")],
  operations: [
    administration,
    {
      who: { Service: "logs.Region.amazonaws.com" },
      may: [...use, ...move],
      when: {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": [
            logGroup("/aws/*/agentic-checkout-prod-*"),
            logGroup("aws-waf-logs-agentic-checkout-prod-*"),
            logGroup("API-Gateway-Execution-Logs_*"),
          ],
        },
      },
    },
    service("events.amazonaws.com"),
    service("cloudwatch.amazonaws.com"),
  ],
  seals: [administration],
};

describe.each(Object.entries(policies))("the key %s", (name, policy) => {
  it("may be used by these alone: through which service, and by which account", () => {
    const own = statementsOf(prod).filter(
      ({ id, type }) => type === "AWS::KMS::Key" && id.startsWith(`keys${name}`),
    );
    const told = own.map(({ statement }) => {
      const { Principal, Action, Condition } = statement as typeof statement & { Principal: unknown };
      return { who: plain(Principal), may: Action, when: plain(Condition ?? {}) };
    });
    expect(told).toEqual(policy);
    expect(own.map(({ statement }) => statement.Effect)).toEqual(policy.map(() => "Allow"));
  });
});

test("there are no other keys, and each can be got back for thirty days", () => {
  expect(keys).toHaveLength(Object.keys(policies).length);
  expect(keys.map(([, { Properties }]) => Properties["PendingWindowInDays"])).toEqual(keys.map(() => 30));
});
