import type { CfnPipeline } from "aws-cdk-lib/aws-codepipeline";
import type { IRole } from "aws-cdk-lib/aws-iam";
import type { Release, Stage } from "../stage.ts";
import { bootstrapped, type ReleasedStack, releasedStacks, stackNameOf } from "./bootstrapped.ts";
import { approvalOf, digestOf, digestOfAll, releaseName } from "./names.ts";
import type { Project } from "./project.ts";
import type { Projects } from "./projects.ts";

type Action = Omit<CfnPipeline.ActionDeclarationProperty, "runOrder">;
type Doers = { readonly projects: Projects; readonly prepare: IRole; readonly execute: IRole };

/** The release is one stage, so that no other can replace the change set that somebody is reading. */
export const stagesOf = (
  on: { readonly stage: Stage; readonly release: Release },
  { projects, prepare, execute }: Doers,
): CfnPipeline.StageDeclarationProperty[] => [
  stage("source", [fetching(on.release)]),
  stage("build", [
    running("build", projects.build, { inputs: ["source"], outputs: ["assembly"] }),
    running("measure", projects.measure, { inputs: ["assembly"] }),
  ]),
  stage(
    "release",
    releasedStacks.flatMap((stack, index) => [
      preparing(on.stage, stack, prepare),
      approving(stack),
      // Once, after the first approval, which names all that is published.
      ...(index === 0 ? [running("publish", projects.publish, { inputs: ["source", "assembly"] })] : []),
      executing(on.stage, stack, execute),
    ]),
  ),
];

const stage = (name: string, actions: readonly Action[]): CfnPipeline.StageDeclarationProperty => ({
  name,
  actions: actions.map((action, index) => ({ ...action, runOrder: index + 1 })),
});

const fetching = ({ connectionArn, repository, branch }: Release): Action => ({
  name: "source",
  namespace: "source",
  actionTypeId: { category: "Source", owner: "AWS", provider: "CodeStarSourceConnection", version: "1" },
  configuration: {
    ConnectionArn: connectionArn,
    FullRepositoryId: repository,
    BranchName: branch,
    DetectChanges: "true",
  },
  outputArtifacts: [{ name: "source" }],
});

const running = (
  name: string,
  project: Project,
  { inputs, outputs = [] }: { inputs: readonly string[]; outputs?: readonly string[] },
): Action => ({
  name,
  namespace: name,
  actionTypeId: { category: "Build", owner: "AWS", provider: "CodeBuild", version: "1" },
  configuration: {
    ProjectName: project.name,
    ...(inputs.length > 1 && { PrimarySource: inputs[0] }),
  },
  inputArtifacts: inputs.map((input) => ({ name: input })),
  outputArtifacts: outputs.map((output) => ({ name: output })),
});

const cloudFormation = { category: "Deploy", owner: "AWS", provider: "CloudFormation", version: "1" };

const preparing = (on: Stage, stack: ReleasedStack, role: IRole): Action => ({
  name: `prepare-${stack}`,
  actionTypeId: cloudFormation,
  roleArn: role.roleArn,
  configuration: {
    ActionMode: "CHANGE_SET_REPLACE",
    StackName: stackNameOf(on, stack),
    ChangeSetName: releaseName,
    TemplatePath: `assembly::${stackNameOf(on, stack)}.template.json`,
    Capabilities: "CAPABILITY_IAM",
    RoleArn: bootstrapped.executionRoleArn,
  },
  inputArtifacts: [{ name: "assembly" }],
});

/** CodePipeline cuts what it shows at 1,000 characters. */
const approving = (stack: ReleasedStack): Action => ({
  name: approvalOf(stack),
  actionTypeId: { category: "Approval", owner: "AWS", provider: "Manual", version: "1" },
  configuration: {
    CustomData: [
      `Read the change set "${releaseName}" of ${stack}. It is of commit #{source.CommitId}.`,
      `Its template has SHA-256 #{measure.${digestOf(stack)}},`,
      `and all that is published with it, templates and functions, #{measure.${digestOfAll}}.`,
    ].join(" "),
  },
});

const executing = (on: Stage, stack: ReleasedStack, role: IRole): Action => ({
  name: `execute-${stack}`,
  actionTypeId: cloudFormation,
  roleArn: role.roleArn,
  configuration: {
    ActionMode: "CHANGE_SET_EXECUTE",
    StackName: stackNameOf(on, stack),
    ChangeSetName: releaseName,
  },
});
