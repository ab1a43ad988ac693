import { Duration } from "aws-cdk-lib";
import {
  type IRole,
  PolicyDocument,
  type PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type CfnFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { bundleOf, entryOf } from "./bundle.ts";
import type { Service } from "./data-stack.ts";
import { type Grant, grant, together } from "./grant.ts";
import { logGroup } from "./log-group.ts";
import { prefixOf, type Stage } from "./stage.ts";

type Props = {
  readonly on: Service;
  readonly timeoutSeconds: number;
  /** CPU comes with memory: the steps that a buyer waits for get more. */
  readonly memoryMegabytes?: number;
  readonly grants: readonly Grant[];
};

/** The one way a function is made: `acp/acp` is `functions/acp/acp.handler.ts`, and may do what its grants say. */
export class Lambda extends Construct {
  readonly handler: string;
  readonly function: LambdaFunction;

  constructor(scope: Construct, handler: `${string}/${string}`, props: Props) {
    const id = handler.slice(handler.indexOf("/") + 1);
    super(scope, id);
    this.handler = handler;
    const name = `${prefixOf(props.on.stage)}-${id}`;
    const logs = logGroup(this, "logs", {
      logGroupName: `/aws/lambda/${name}`,
      stage: props.on.stage,
      encryptionKey: props.on.data.keys.operations,
    });
    const given = together(...props.grants);
    this.function = new LambdaFunction(this, "function", {
      functionName: name,
      code: bundleOf(handler),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: roleFor(this, [...given.statements, ...writeTo(logs), ...trace()]),
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMegabytes ?? 512,
      tracing: Tracing.ACTIVE,
      logGroup: logs,
      loggingFormat: LoggingFormat.JSON,
      environment: environmentFor(handler, props.on.stage, given),
    });
    describe(this.function, handler);
  }
}

const environmentFor = (handler: string, stage: Stage, given: Grant): Record<string, string> => ({
  STAGE: stage.name,
  OUTBOUND_POLICY: stage.outboundPolicy,
  POWERTOOLS_SERVICE_NAME: handler,
  ...given.environment,
});

/** The embedded cloud imports the source named here; on AWS it shows an operator which file to open. */
const describe = (made: LambdaFunction, handler: string): void => {
  const resource = made.node.defaultChild as CfnFunction;
  resource.addMetadata("entry", entryOf(handler));
  acknowledge(made, {
    "Serverless::Serverless-LambdaDLQ":
      "Every caller keeps its own record of what failed: gateway and workflow wait for the answer, queues and streams redrive, a schedule comes again.",
  });
};

const roleFor = (scope: Construct, statements: readonly PolicyStatement[]): IRole => {
  const role = new Role(scope, "role", {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    inlinePolicies: { grants: new PolicyDocument({ statements: [...statements], minimize: true }) },
  });
  const tracing =
    "X-Ray's two write actions know no resources; nothing else in this policy names every resource.";
  acknowledge(role, {
    "AwsSolutions::AwsSolutions-IAM5[Resource::*]": tracing,
    "Serverless::Serverless-LambdaStarPermissions": tracing,
  });
  // What CDK would add by itself goes nowhere: a role is what its grants say.
  return role.withoutPolicyUpdates();
};

const writeTo = (logs: LogGroup): readonly PolicyStatement[] =>
  grant(["logs:CreateLogStream", "logs:PutLogEvents"], [logs.logGroupArn]).statements;

const trace = (): readonly PolicyStatement[] =>
  grant(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]).statements;
