import { App, Duration, Fn, Stack } from "aws-cdk-lib";
import {
  AuthorizationType,
  AwsIntegration,
  GatewayResponse,
  IdentitySource,
  LambdaIntegration,
  RequestAuthorizer,
  ResponseType,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import { CfnTable } from "aws-cdk-lib/aws-dynamodb";
import { EventBus, EventField, Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction, SfnStateMachine, SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Alias, Key } from "aws-cdk-lib/aws-kms";
import {
  type CfnFunction,
  Code,
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  Function as LambdaFunctionConstruct,
  Runtime,
  StartingPosition,
} from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { DefinitionBody, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";

/** A small app shaped like ours: two stacks, every kind of resource once, and one function per road. */
const app = new App();
const data = new Stack(app, "fixture-data");
const edge = new Stack(app, "fixture-edge");

const key = new Key(data, "key");
new Alias(data, "alias", { aliasName: "alias/fixture", targetKey: key });
const secret = new Secret(data, "secret", { generateSecretString: { passwordLength: 20 } });
const notes = new CfnTable(data, "notes", {
  tableName: "fixture-notes",
  billingMode: "PAY_PER_REQUEST",
  attributeDefinitions: ["pk", "sk", "list"].map((attributeName) => ({ attributeName, attributeType: "S" })),
  keySchema: [
    { attributeName: "pk", keyType: "HASH" },
    { attributeName: "sk", keyType: "RANGE" },
  ],
  globalSecondaryIndexes: [
    {
      indexName: "list",
      keySchema: [
        { attributeName: "list", keyType: "HASH" },
        { attributeName: "sk", keyType: "RANGE" },
      ],
      projection: { projectionType: "KEYS_ONLY" },
    },
  ],
  streamSpecification: { streamViewType: "KEYS_ONLY" },
});

const lambda = (name: string, actions: Record<string, string[]>, seconds = 5) => {
  const made = new LambdaFunctionConstruct(edge, name, {
    code: Code.fromInline("exports.handler = async () => {}"),
    handler: "index.handler",
    runtime: Runtime.NODEJS_24_X,
    timeout: Duration.seconds(seconds),
    environment: {
      TABLE: notes.ref,
      KEY: key.keyArn,
      SECRET_ARN: secret.secretArn,
      OVERRIDDEN: "as deployed",
    },
  });
  for (const [resource, names] of Object.entries(actions))
    made.addToRolePolicy(new PolicyStatement({ actions: names, resources: [resource] }));
  (made.node.defaultChild as CfnFunction).addMetadata("entry", `test/local/fixture/${name}.handler.ts`);
  return made;
};

const write = { [notes.attrArn]: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:GetItem"] };

const bus = new EventBus(edge, "bus", { eventBusName: "fixture-bus" });
const dead = new Queue(edge, "dead");
const queue = new Queue(edge, "queue", {
  visibilityTimeout: Duration.seconds(30),
  deadLetterQueue: { queue: dead, maxReceiveCount: 2 },
});

/** What CloudFormation replaces by the function's ARN. */
const placeholder = ["$", "{step}"].join("");
const step = lambda("step", write);
const machine = new StateMachine(edge, "machine", {
  stateMachineType: StateMachineType.EXPRESS,
  definitionBody: DefinitionBody.fromString(
    JSON.stringify({
      StartAt: "step",
      TimeoutSeconds: 10,
      States: {
        step: {
          Type: "Task",
          Resource: "arn:aws:states:::lambda:invoke",
          Parameters: { FunctionName: placeholder, "Payload.$": "$" },
          OutputPath: "$.Payload",
          Retry: [{ ErrorEquals: ["Flaky"], IntervalSeconds: 1, MaxAttempts: 1 }],
          Next: "step?",
        },
        "step?": {
          Type: "Choice",
          Choices: [{ Variable: "$.outcome", StringEquals: "done", Next: "finished" }],
          Default: "failed",
        },
        finished: { Type: "Succeed" },
        failed: { Type: "Fail", Error: "NotDone" },
      },
    }),
  ),
  definitionSubstitutions: { step: step.functionArn },
});
step.grantInvoke(machine);

const everything = {
  [notes.attrArn]: ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:ConditionCheckItem"],
};
const probe = lambda(
  "probe",
  {
    ...everything,
    [`${notes.attrArn}/index/list`]: ["dynamodb:Query"],
    [key.keyArn]: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"],
    [secret.secretArn]: ["secretsmanager:GetSecretValue"],
  },
  2,
);
probe.addEnvironment("QUEUE_URL", queue.queueUrl).addEnvironment("MACHINE_ARN", machine.stateMachineArn);
queue.grantSendMessages(probe);
machine.grantStartSyncExecution(probe);

const publish = lambda("publish", { [bus.eventBusArn]: ["events:PutEvents"] });
publish.addEnvironment("BUS", bus.eventBusName);
publish.addToRolePolicy(
  new PolicyStatement({
    actions: ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"],
    resources: [notes.attrStreamArn],
  }),
);
new EventSourceMapping(edge, "publish-mapping", {
  target: publish,
  eventSourceArn: notes.attrStreamArn,
  startingPosition: StartingPosition.TRIM_HORIZON,
  batchSize: 10,
  filters: [
    FilterCriteria.filter({
      eventName: FilterRule.isEqual("INSERT"),
      dynamodb: { Keys: { sk: { S: FilterRule.isEqual("note") } } },
    }),
  ],
});

const receive = lambda("receive", write);
receive.addEventSource(new SqsEventSource(queue, { batchSize: 5, reportBatchItemFailures: true }));
const tick = lambda("tick", write);

new Rule(edge, "to-queue", {
  eventBus: bus,
  eventPattern: { source: ["fixture"] },
  targets: [new SqsQueue(queue)],
});
new Rule(edge, "to-machine", {
  eventBus: bus,
  eventPattern: { source: ["fixture"], detailType: ["note.written"] },
  targets: [
    new SfnStateMachine(machine, {
      input: RuleTargetInput.fromObject({
        id: EventField.fromPath("$.detail.id"),
        text: `note "${EventField.fromPath("$.detail.id")}"`,
      }),
    }),
  ],
});
new Rule(edge, "every-minute", {
  schedule: Schedule.rate(Duration.minutes(1)),
  targets: [new LambdaFunction(tick)],
});

const authorize = lambda("authorize", {});
const api = new RestApi(edge, "api", { restApiName: "fixture-agent-api", cloudWatchRole: false });
const authorizer = new RequestAuthorizer(edge, "authorizer", {
  handler: authorize,
  identitySources: [IdentitySource.header("Authorization")],
  resultsCacheTtl: Duration.seconds(0),
});
const options = { authorizer, authorizationType: AuthorizationType.CUSTOM };
const integration = new LambdaIntegration(probe, { allowTestInvoke: false });
api.root.resourceForPath("/notes/{id}").addMethod("POST", integration, options);
api.root.resourceForPath("/notes/latest").addMethod("GET", integration);
/** One function by a role, and two that nothing lets the gateway call: no role or permission speaks of them. */
const gatewayRole = new Role(edge, "gateway-role", {
  assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
});
gatewayRole.addToPolicy(
  new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [probe.functionArn] }),
);
const calling = (called: LambdaFunctionConstruct, credentialsRole?: Role) =>
  new AwsIntegration({
    proxy: true,
    service: "lambda",
    path: `2015-03-31/functions/${called.functionArn}/invocations`,
    ...(credentialsRole && { options: { credentialsRole } }),
  });
api.root.resourceForPath("/by-role/probe").addMethod("GET", calling(probe, gatewayRole));
api.root.resourceForPath("/by-role/tick").addMethod("GET", calling(tick, gatewayRole));
api.root.resourceForPath("/by-nobody").addMethod("GET", calling(tick));
new GatewayResponse(edge, "unauthorized", {
  restApi: api,
  type: ResponseType.UNAUTHORIZED,
  responseHeaders: { "WWW-Authenticate": "'Bearer'", "Request-Id": "method.request.header.Request-Id" },
  templates: {
    "application/json": '{"code":"who","message":$context.error.messageString,"id":"$context.requestId"}',
  },
});
new GatewayResponse(edge, "default", {
  restApi: api,
  type: ResponseType.DEFAULT_4XX,
  templates: { "application/json": '{"code":"$context.error.responseType"}' },
});
probe.addEnvironment(
  "OWN_API",
  Fn.join("", ["https://", api.restApiId, ".execute-api.", edge.region, ".", edge.urlSuffix, "/", "prod"]),
);

app.synth();
