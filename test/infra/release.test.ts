import type { Stack } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import { account, arn } from "#infra/local/aws.ts";
import { allows } from "#infra/local/policy.ts";
import { stageNames, stageOf } from "#infra/stage.ts";
import { listed, statementsOf } from "./granted.ts";
import { cdkRoleArn, named, publishedUrl, releaseTemplate, roleOf, rolesIn, stackArn } from "./release.ts";
import { appOf, remove, resourcesOf } from "./synthesized.ts";

const template = releaseTemplate();
const roles = rolesIn(template);
const role = roleOf(template);
const developer = role("peopledeveloper");
const approver = role("peopleapprover");

const stacks = ["data", "agent-api", "store-api"];
const draft = {
  "cloudformation:ChangeSetName": "draft-roll-back",
  "cloudformation:TemplateUrl": publishedUrl("4f1c.json"),
  "cloudformation:RoleArn": cdkRoleArn("cfn-exec"),
};
const toCloudFormation = { "iam:PassedToService": "cloudformation.amazonaws.com" };
const pipeline = arn("codepipeline", "agentic-checkout-prod-release");

/** Whatever changes a stack without a change set that another has read. */
const direct = ["CreateStack", "UpdateStack", "DeleteStack", "RollbackStack", "ContinueUpdateRollback"];

describe("a developer", () => {
  it.each(stacks)("prepares a change set of %s and reads it", (stack) => {
    expect(developer.may("cloudformation:CreateChangeSet", stackArn(stack), draft)).toBe(true);
    expect(developer.may("cloudformation:DescribeChangeSet", stackArn(stack), draft)).toBe(true);
    expect(developer.may("iam:PassRole", cdkRoleArn("cfn-exec"), toCloudFormation)).toBe(true);
  });

  it.each([...stacks, "release"])("executes no change set of %s and changes it no other way", (stack) => {
    for (const name of ["draft-roll-back", "release"])
      for (const action of ["ExecuteChangeSet", "DeleteChangeSet"])
        expect(developer.may(`cloudformation:${action}`, stackArn(stack), named(name)), action).toBe(false);
    for (const action of direct)
      expect(developer.may(`cloudformation:${action}`, stackArn(stack), draft), action).toBe(false);
  });

  it("prepares nothing under the pipeline's name, of a template of their own or under another role", () => {
    for (const wrong of [
      named("release"),
      { "cloudformation:TemplateUrl": "https://mine.s3.us-east-1.amazonaws.com/4f1c.json" },
      { "cloudformation:RoleArn": cdkRoleArn("deploy") },
    ])
      expect(
        developer.may("cloudformation:CreateChangeSet", stackArn("data"), { ...draft, ...wrong }),
        JSON.stringify(wrong),
      ).toBe(false);
    const { "cloudformation:TemplateUrl": _, ...pasted } = draft;
    expect(developer.may("cloudformation:CreateChangeSet", stackArn("data"), pasted)).toBe(false);
    expect(developer.may("cloudformation:CreateChangeSet", stackArn("release"), draft)).toBe(false);
  });

  it("hands CloudFormation's role to nothing else, and no other role to anything", () => {
    expect(developer.may("iam:PassRole", cdkRoleArn("cfn-exec"), { "iam:PassedToService": "lambda" })).toBe(
      false,
    );
    expect(developer.may("iam:PassRole", cdkRoleArn("deploy"), toCloudFormation)).toBe(false);
  });

  it("publishes nothing: what functions run comes from an approved commit", () => {
    const published = "arn:aws:s3:::cdk-hnb659fds-assets-000000000000-us-east-1/4f1c.zip";
    expect(developer.may("s3:GetObject", published)).toBe(true);
    expect(developer.may("s3:PutObject", published)).toBe(false);
    expect(developer.may("sts:AssumeRole", cdkRoleArn("file-publishing"))).toBe(false);
    expect(developer.may("codepipeline:StartPipelineExecution", pipeline)).toBe(false);
  });
});

describe("an approver", () => {
  it.each(stacks)("executes a prepared change set of %s, or says no to it", (stack) => {
    for (const action of ["DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet"])
      expect(approver.may(`cloudformation:${action}`, stackArn(stack), draft), action).toBe(true);
    expect(approver.may("codepipeline:PutApprovalResult", `${pipeline}/release/approve-${stack}`)).toBe(true);
  });

  it("prepares none, changes no stack directly and hands on no role", () => {
    for (const action of ["CreateChangeSet", ...direct])
      expect(approver.may(`cloudformation:${action}`, stackArn("data"), draft), action).toBe(false);
    expect(approver.may("iam:PassRole", cdkRoleArn("cfn-exec"), toCloudFormation)).toBe(false);
    expect(approver.may("sts:AssumeRole", developer.id)).toBe(false);
  });

  it("leaves a release to the pipeline, so that what is executed has its approval on record", () => {
    expect(approver.may("cloudformation:ExecuteChangeSet", stackArn("data"), named("release"))).toBe(false);
    expect(approver.may("cloudformation:ExecuteChangeSet", stackArn("release"), draft)).toBe(false);
  });
});

describe("nobody is both", () => {
  const everything = { Effect: "Allow", Action: "*", Resource: "*" } as const;

  it.each([
    ["a developer", developer, ["cloudformation:ExecuteChangeSet", "codepipeline:PutApprovalResult"]],
    ["an approver", approver, ["cloudformation:CreateChangeSet"]],
  ] as const)("even if another policy lets %s do everything", (_, { statements }, others) => {
    const may = (action: string, resource = "*") =>
      allows([everything, ...statements], { action, resource, context: draft });
    for (const action of [...others, ...direct.map((each) => `cloudformation:${each}`)])
      expect(may(action), action).toBe(false);
    expect(may("iam:PassRole", cdkRoleArn("deploy"))).toBe(false);
    expect(may("sts:AssumeRole", cdkRoleArn("deploy"))).toBe(false);
  });

  const mfa = { "aws:MultiFactorAuthPresent": "true" };
  const tagged = (tag: string) => ({ ...mfa, "aws:PrincipalTag/agentic-checkout": tag });

  it("since a role takes in only who has its tag and a second factor", () => {
    for (const [somebody, tag, other] of [
      [developer, "developer", "approver"],
      [approver, "approver", "developer"],
    ] as const) {
      expect(somebody.takes(tagged(tag))).toBe(true);
      expect(somebody.takes(tagged(other))).toBe(false);
      expect(somebody.takes(mfa)).toBe(false);
      expect(somebody.takes({ ...tagged(tag), "aws:MultiFactorAuthPresent": "false" })).toBe(false);
      expect(somebody.takes({ "aws:PrincipalTag/agentic-checkout": tag })).toBe(false);
      const from = (role: string) => ({
        "aws:PrincipalTag/agentic-checkout": tag,
        "aws:PrincipalArn": `arn:aws:iam::${account}:role/${role}`,
      });
      const center = "aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Release_0123456789abcdef";
      expect(somebody.takes(from(center))).toBe(true);
      expect(somebody.takes(from("sso.amazonaws.com"))).toBe(false);
    }
  });

  it.each([...roles.keys()])("and %s becomes no other role than its work needs", (id) => {
    const others = [...roles.values()].filter((each) => role(id).may("sts:AssumeRole", `${each.id}.Arn`));
    expect(others.map((each) => each.id.slice(0, -8))).toEqual([]);
    const purposes = ["deploy", "cfn-exec", "file-publishing", "image-publishing", "lookup"];
    expect(purposes.filter((purpose) => role(id).may("sts:AssumeRole", cdkRoleArn(purpose)))).toEqual(
      id === "pipelinepublishrole" ? ["file-publishing"] : [],
    );
  });
});

describe("the stack that releases", () => {
  it("exists where a stage is released, and there only", () => {
    const released = stageNames.filter((name) => stageOf(name).release);
    expect(released).toEqual(["prod"]);
    for (const name of ["dev", "prod"] as const) {
      const app = appOf(name);
      const stack = app.node.tryFindChild(`agentic-checkout-${name}-release`) as Stack | undefined;
      expect(stack?.terminationProtection, name).toBe(name === "prod" ? true : undefined);
      remove(app.outdir);
    }
  });

  it("names its actions, and every resource down to what nobody can know before", () => {
    const allowed = statementsOf(template).filter(
      ({ type, statement }) => type === "AWS::IAM::Role" && statement.Effect === "Allow",
    );
    expect(allowed.length).toBeGreaterThan(20);
    for (const { id, statement } of allowed) {
      expect(JSON.stringify(statement.Action), id).not.toContain("*");
      for (const resource of listed(statement.Resource))
        expect(JSON.stringify(resource), id).toMatch(/^(?!"\*"$)[^*]*(\/\*("\]\])?"?)?[^*]*$/);
    }
    for (const type of ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::User"])
      expect(resourcesOf(template, type), type).toEqual([]);
  });

  it("keeps what it hands on under its own key, which turns, and its logs for a year", () => {
    const encryption = JSON.stringify(resourcesOf(template, "AWS::S3::Bucket")[0]?.[1].Properties);
    expect(encryption).toContain('"SSEAlgorithm":"aws:kms"');
    expect(encryption).toContain("artifactskey");
    expect(resourcesOf(template, "AWS::KMS::Key")[0]?.[1].Properties["EnableKeyRotation"]).toBe(true);
    for (const type of ["AWS::S3::Bucket", "AWS::KMS::Key"])
      expect(resourcesOf(template, type).map(([, { DeletionPolicy }]) => DeletionPolicy)).toEqual(["Retain"]);
    for (const [id, { Properties }] of resourcesOf(template, "AWS::Logs::LogGroup")) {
      expect(Properties["RetentionInDays"], id).toBe(365);
      expect(JSON.stringify(Properties["KmsKeyId"]), id).toContain("artifactskey");
      expect(JSON.stringify(Properties["DataProtectionPolicy"]), id).toContain("CreditCardNumber");
    }
  });
});
