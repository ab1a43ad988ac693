import { CfnOutput } from "aws-cdk-lib";
import { Effect, PolicyStatement, type PolicyStatementProps } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { taggedPerson } from "../person.ts";
import type { Stage } from "../stage.ts";
import { bootstrapped, stackArns } from "./bootstrapped.ts";
import { approvalArns, pipelineArn, stageArn } from "./names.ts";
import type { Projects } from "./projects.ts";
import { closedRole, may, mayGiveCloudFormationItsRole } from "./role.ts";

type On = { readonly stage: Stage; readonly projects: Projects };

/**
 * Who prepares and who executes. A person is one of the two by a tag of their user, which has one
 * value, so nobody is both; and neither role can become another.
 */
export class People extends Construct {
  constructor(scope: Construct, on: On) {
    super(scope, "people");
    const developer = closedRole(this, "developer", {
      assumedBy: taggedPerson("developer"),
      statements: [
        ...reading(on),
        ...preparing(on.stage),
        deny(["iam:PassRole"], { notResources: [bootstrapped.executionRoleArn] }),
        deny([...executing, ...deciding, ...around], { resources: ["*"] }),
      ],
    });
    const approver = closedRole(this, "approver", {
      assumedBy: taggedPerson("approver"),
      statements: [
        ...reading(on),
        ...answering(on.stage),
        deny([...authoring, ...around, "iam:PassRole"], { resources: ["*"] }),
      ],
    });
    new CfnOutput(this, "developers", { value: developer.roleArn });
    new CfnOutput(this, "approvers", { value: approver.roleArn });
  }
}

/** Told by name from what the pipeline prepares, so that neither can be put in the other's place. */
const draft = { "cloudformation:ChangeSetName": "draft-*" };

const reading = ({ stage, projects }: On): PolicyStatement[] => [
  may(
    [
      "cloudformation:DescribeStacks",
      "cloudformation:DescribeStackEvents",
      "cloudformation:DescribeStackResources",
      "cloudformation:GetTemplate",
      "cloudformation:ListChangeSets",
      "cloudformation:DescribeChangeSet",
    ],
    stackArns(stage),
  ),
  may(
    [
      "codepipeline:GetPipeline",
      "codepipeline:GetPipelineState",
      "codepipeline:GetPipelineExecution",
      "codepipeline:ListPipelineExecutions",
      "codepipeline:ListActionExecutions",
    ],
    [pipelineArn(stage)],
  ),
  may(
    ["codebuild:BatchGetBuilds"],
    Object.values(projects).map(({ arn }) => arn),
  ),
  may(
    ["logs:GetLogEvents", "logs:FilterLogEvents"],
    Object.values(projects).map(({ logs }) => logs.logGroupArn),
  ),
];

/**
 * Only of a template that the pipeline has published, which it does after its approval: code that nobody approved
 * can't be brought along. A draft can't be deleted by who made it, or it could be swapped while it is being read.
 */
const preparing = (stage: Stage): PolicyStatement[] => [
  may(["cloudformation:CreateChangeSet"], stackArns(stage), {
    StringLike: { ...draft, "cloudformation:TemplateUrl": bootstrapped.publishedUrl },
    ArnEquals: { "cloudformation:RoleArn": bootstrapped.executionRoleArn },
  }),
  may(["s3:GetObject"], [bootstrapped.published]),
  may(["ssm:GetParameters"], [bootstrapped.versionParameterArn]),
  mayGiveCloudFormationItsRole(),
  may(["codepipeline:RetryStageExecution"], [stageArn(stage, "build")]),
];

/** A draft is executed by hand; a release by the pipeline, after the approval that is on record. */
const answering = (stage: Stage): PolicyStatement[] => [
  may(["cloudformation:ExecuteChangeSet", "cloudformation:DeleteChangeSet"], stackArns(stage), {
    StringLike: draft,
  }),
  may(["codepipeline:PutApprovalResult"], approvalArns(stage)),
  may(["codepipeline:RetryStageExecution"], [stageArn(stage, "release")]),
];

const authoring = ["cloudformation:CreateChangeSet"];
const executing = ["cloudformation:ExecuteChangeSet", "cloudformation:DeleteChangeSet"];
const deciding = ["codepipeline:PutApprovalResult"];

/** Every other way to change a stack or the pipeline, and every other role: refused even if more is granted elsewhere. */
const around = [
  "cloudformation:CreateStack",
  "cloudformation:UpdateStack",
  "cloudformation:DeleteStack",
  "cloudformation:RollbackStack",
  "cloudformation:CancelUpdateStack",
  "cloudformation:ContinueUpdateRollback",
  "cloudformation:SetStackPolicy",
  "cloudformation:UpdateTerminationProtection",
  "cloudformation:CreateStackSet",
  "cloudformation:UpdateStackSet",
  "cloudformation:CreateStackInstances",
  "cloudformation:CreateStackRefactor",
  "cloudformation:ExecuteStackRefactor",
  "codepipeline:UpdatePipeline",
  "codepipeline:StartPipelineExecution",
  "codepipeline:OverrideStageCondition",
  "codepipeline:RollbackStage",
  "sts:AssumeRole",
];

const deny = (actions: string[], on: Pick<PolicyStatementProps, "resources" | "notResources">) =>
  new PolicyStatement({ effect: Effect.DENY, actions, ...on });
