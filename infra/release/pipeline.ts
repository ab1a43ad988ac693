import { CfnPipeline } from "aws-cdk-lib/aws-codepipeline";
import { ArnPrincipal, type PolicyStatement, type Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Release, Stage } from "../stage.ts";
import { stagesOf } from "./actions.ts";
import type { Artifacts } from "./artifacts.ts";
import { bootstrapped, stackArns } from "./bootstrapped.ts";
import { pipelineArn, pipelineNameOf, releaseName } from "./names.ts";
import { type Projects, projectsIn } from "./projects.ts";
import { closedRole, may, mayGiveCloudFormationItsRole } from "./role.ts";

type On = { readonly stage: Stage; readonly release: Release; readonly artifacts: Artifacts };

/**
 * From a commit to production: build, measure, and for each stack a change set, a person's approval of it, its
 * execution. Nothing that a commit brings runs with any right before that commit is approved.
 */
export class Pipeline extends Construct {
  readonly projects: Projects;

  constructor(scope: Construct, on: On) {
    super(scope, "pipeline");
    const projects = projectsIn(this, on);
    this.projects = projects;
    const role = closedRole(this, "role", {
      assumedBy: new ServicePrincipal("codepipeline.amazonaws.com").withConditions({
        ArnEquals: { "aws:SourceArn": pipelineArn(on.stage) },
      }),
      statements: running(on, projects),
    });
    // Named by their trust, it needs no permission of its own to become one of them.
    const asItself = (id: string, statements: readonly PolicyStatement[]): Role =>
      closedRole(this, id, { assumedBy: new ArnPrincipal(role.roleArn), statements });
    const doers = {
      projects,
      prepare: asItself("prepare", preparing(on)),
      execute: asItself("execute", executing(on)),
    };
    new CfnPipeline(this, "pipeline", {
      name: pipelineNameOf(on.stage),
      pipelineType: "V2",
      // One release is in a stage at a time; a newer one overtakes those that wait, never the one being read.
      executionMode: "SUPERSEDED",
      roleArn: role.roleArn,
      artifactStore: {
        type: "S3",
        location: on.artifacts.bucket.bucketName,
        encryptionKey: { type: "KMS", id: on.artifacts.key.keyArn },
      },
      stages: stagesOf(on, doers),
    });
  }
}

const running = ({ artifacts, release }: On, projects: Projects): PolicyStatement[] => [
  ...artifacts.read(),
  ...artifacts.write(),
  // The connection hands over what it fetched with an owner's access list, which the bucket then ignores.
  may(["s3:PutObjectAcl"], [artifacts.bucket.arnForObjects("*")]),
  may(["codeconnections:UseConnection"], [release.connectionArn]),
  may(
    ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
    Object.values(projects).map(({ arn }) => arn),
  ),
];

const named = { StringEquals: { "cloudformation:ChangeSetName": releaseName } };

const preparing = ({ stage, artifacts }: On): PolicyStatement[] => [
  ...artifacts.read(),
  may(["cloudformation:DescribeStacks", "cloudformation:DescribeChangeSet"], stackArns(stage)),
  may(["cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"], stackArns(stage), named),
  may(["ssm:GetParameters"], [bootstrapped.versionParameterArn]),
  mayGiveCloudFormationItsRole(),
];

const executing = ({ stage }: On): PolicyStatement[] => [
  may(["cloudformation:DescribeStacks", "cloudformation:DescribeChangeSet"], stackArns(stage)),
  may(["cloudformation:ExecuteChangeSet"], stackArns(stage), named),
];
