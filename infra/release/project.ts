import { CfnProject, ComputeType, LinuxBuildImage } from "aws-cdk-lib/aws-codebuild";
import { type PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { logGroup } from "../log-group.ts";
import { prefixOf, type Stage } from "../stage.ts";
import type { Artifacts } from "./artifacts.ts";
import { arnHere } from "./bootstrapped.ts";
import { closedRole, may } from "./role.ts";

type Props = {
  readonly stage: Stage;
  readonly artifacts: Artifacts;
  readonly commands: readonly string[];
  /** Set by the commands, and known to later actions as `#{<action>.<NAME>}`. */
  readonly exports?: readonly string[];
  /** The folder that later actions get. */
  readonly output?: string;
  readonly statements?: readonly PolicyStatement[];
};

/** Commands of the pipeline's own: they stand in its template, not in the commit that it builds. */
export class Project extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.name = `${prefixOf(props.stage)}-release-${id}`;
    this.arn = arnHere("codebuild", `project/${this.name}`);
    this.logs = logGroup(this, "logs", {
      logGroupName: `/aws/codebuild/${this.name}`,
      stage: props.stage,
      encryptionKey: props.artifacts.key,
    });
    const role = closedRole(this, "role", {
      assumedBy: new ServicePrincipal("codebuild.amazonaws.com").withConditions({
        ArnEquals: { "aws:SourceArn": this.arn },
      }),
      statements: [
        may(["logs:CreateLogStream", "logs:PutLogEvents"], [this.logs.logGroupArn]),
        ...props.artifacts.read(),
        ...(props.output ? props.artifacts.write() : []),
        ...(props.statements ?? []),
      ],
    });
    new CfnProject(this, "project", {
      name: this.name,
      serviceRole: role.roleArn,
      encryptionKey: props.artifacts.key.keyArn,
      source: { type: "CODEPIPELINE", buildSpec: JSON.stringify(buildSpecOf(props)) },
      artifacts: { type: "CODEPIPELINE" },
      environment: {
        type: "LINUX_CONTAINER",
        computeType: ComputeType.MEDIUM,
        image: LinuxBuildImage.STANDARD_7_0.imageId,
      },
      logsConfig: { cloudWatchLogs: { status: "ENABLED", groupName: this.logs.logGroupName } },
      timeoutInMinutes: 30,
    });
  }
}

const buildSpecOf = ({ commands, exports, output }: Props): object => ({
  version: "0.2",
  env: { shell: "bash", ...(exports && { "exported-variables": exports }) },
  phases: { build: { "on-failure": "ABORT", commands } },
  ...(output && { artifacts: { "base-directory": output, files: ["**/*"] } }),
});
