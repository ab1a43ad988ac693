import { Aws } from "aws-cdk-lib";
import { PolicyDocument, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { render, type Step, type Workflow as WorkflowSteps } from "#functions/runtime/workflow.ts";
import { acknowledge } from "./acknowledge.ts";
import type { Service } from "./data-stack.ts";
import { type Grant, grant } from "./grant.ts";
import { logGroup } from "./log-group.ts";
import { prefixOf, type Stage } from "./stage.ts";

type Props = {
  readonly on: Service;
  /** The function of each step, by its handler. */
  readonly functions: Readonly<Record<string, { readonly functionArn: string }>>;
};

/** A workflow's steps as an Express state machine: at least once, minutes at most; the table is the truth. */
export class Workflow extends Construct {
  readonly #machine: CfnStateMachine;
  readonly #variable: string;

  constructor(scope: Construct, workflow: WorkflowSteps, props: Props) {
    super(scope, `${workflow.name}-workflow`);
    this.#variable = `${workflow.name.toUpperCase()}_WORKFLOW_ARN`;
    const name = machineNameOf(props.on.stage, workflow);
    const arns = arnsOf(workflow, props.functions);
    const logs = logGroup(this, "logs", {
      logGroupName: `/aws/vendedlogs/states/${name}`,
      stage: props.on.stage,
      encryptionKey: props.on.data.keys.operations,
    });
    this.#machine = new CfnStateMachine(this, "machine", {
      stateMachineName: name,
      stateMachineType: "EXPRESS",
      roleArn: roleFor(this, Object.values(arns)).roleArn,
      definitionString: JSON.stringify(
        render(workflow, (handler) => placeholder(placeholderOf(handler)), placeholder("partition")),
      ),
      definitionSubstitutions: { ...arns, partition: Aws.PARTITION },
      loggingConfiguration: {
        level: "ALL",
        // Ids and outcomes are in the functions' own logs; input and output stay out of these.
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logs.logGroupArn } }],
      },
      tracingConfiguration: { enabled: true },
    });
  }

  get arn(): string {
    return this.#machine.attrArn;
  }

  startAndWait(): Grant {
    return grant(["states:StartSyncExecution"], [this.arn], { [this.#variable]: this.arn });
  }

  start(): Grant {
    return grant(["states:StartExecution"], [this.arn], { [this.#variable]: this.arn });
  }
}

export const machineNameOf = (stage: Stage, workflow: WorkflowSteps): string =>
  `${prefixOf(stage)}-${workflow.name}`;

export const stepsOf = (workflow: WorkflowSteps): readonly Step[] => [...workflow.steps, ...workflow.refused];

/** A step's function ends no later than its state, so no function goes on after the machine has given up on it. */
export const timeoutOf = (handler: string, ...workflows: readonly WorkflowSteps[]): number => {
  const limits = workflows.flatMap(stepsOf).filter((step) => step.handler === handler);
  if (limits.length === 0) throw new Error(`no workflow has a step ${handler}`);
  return Math.min(...limits.map((step) => step.timeoutSeconds));
};

/** CloudFormation takes letters and digits only. */
/** What CloudFormation fills in by `definitionSubstitutions`. */
const placeholder = (name: string): string => `\${${name}}`;

const placeholderOf = (handler: string): string => handler.replaceAll(/[^a-z0-9]/g, "");

const arnsOf = (workflow: WorkflowSteps, functions: Props["functions"]): Record<string, string> =>
  Object.fromEntries(
    stepsOf(workflow).map(({ handler }) => {
      const found = functions[handler];
      if (!found) throw new Error(`workflow ${workflow.name} has a step ${handler} and no function for it`);
      return [placeholderOf(handler), found.functionArn];
    }),
  );

const roleFor = (scope: Construct, functionArns: readonly string[]): Role => {
  const role = new Role(scope, "role", {
    assumedBy: new ServicePrincipal("states.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
    }),
    inlinePolicies: {
      grants: new PolicyDocument({
        statements: [
          ...grant(["lambda:InvokeFunction"], functionArns).statements,
          ...grant([...deliverLogs, ...trace], ["*"]).statements,
        ],
      }),
    },
  });
  acknowledge(role, {
    "AwsSolutions::AwsSolutions-IAM5[Resource::*]":
      "Log delivery and X-Ray are account-wide settings whose actions know no resources; functions are named one by one.",
  });
  return role;
};

const deliverLogs = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];

const trace = [
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
];
