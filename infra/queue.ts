import { Aws, Duration } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { CfnQueue, CfnQueuePolicy } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import type { Service } from "./data-stack.ts";
import { type Grant, grant, throughService } from "./grant.ts";
import type { Lambda } from "./lambda.ts";
import { prefixOf } from "./stage.ts";

type Props = {
  readonly on: Service;
  /** The queue's reader runs at most this long; a message stays hidden six times as long. */
  readonly readerSeconds: number;
};

/** What could not be handled after all tries: somebody looks at it, an alarm says so. */
export class DeadLetters extends Construct {
  readonly queue: CfnQueue;
  readonly #operations: IKey;

  constructor(scope: Construct, name: string, on: Service) {
    super(scope, name);
    this.#operations = on.data.keys.operations;
    this.queue = deadLetters(this, name, on);
    allow(this, [this.queue]);
  }

  /** For a stream's reader, whose failed batches Lambda sends here with the function's own role. */
  send(): Grant {
    return { statements: sendTo(this.queue, this.#operations), environment: {} };
  }
}

/** A queue that wakes one function; `name` is its physical name too. */
export class Queue extends Construct {
  readonly queue: CfnQueue;
  readonly #operations: IKey;

  constructor(scope: Construct, name: string, props: Props) {
    super(scope, name);
    this.#operations = props.on.data.keys.operations;
    const dead = deadLetters(new Construct(this, `${name}-dead`), `${name}-dead`, props.on);
    this.queue = encrypted(this, name, props.on, {
      visibilityTimeout: props.readerSeconds * 6,
      redrivePolicy: { deadLetterTargetArn: dead.attrArn, maxReceiveCount: 5 },
    });
    allow(this, [this.queue, dead]);
  }

  send(variable: string): Grant {
    return {
      statements: sendTo(this.queue, this.#operations),
      environment: { [variable]: this.queue.ref },
    };
  }

  receive(): Grant {
    const actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
    return {
      statements: [
        ...grant(actions, [this.queue.attrArn]).statements,
        throughService(["kms:Decrypt"], this.#operations.keyArn, viaQueues),
      ],
      environment: {},
    };
  }

  wake(lambda: Lambda, options: { batchSize: number; atOnce?: number }): void {
    const mapping = new CfnEventSourceMapping(this, "wake", {
      eventSourceArn: this.queue.attrArn,
      functionName: lambda.function.functionName,
      batchSize: options.batchSize,
      functionResponseTypes: ["ReportBatchItemFailures"],
      ...(options.atOnce ? { scalingConfig: { maximumConcurrency: options.atOnce } } : {}),
    });
    acknowledge(mapping, {
      "Serverless::Serverless-LambdaEventSourceMappingDestination":
        "Lambda takes no failure destination for queues: the queue's own redrive policy leads to its dead letters.",
    });
  }
}

const viaQueues = `sqs.${Aws.REGION}.amazonaws.com`;

const sendTo = (queue: CfnQueue, operations: IKey): PolicyStatement[] => [
  ...grant(["sqs:SendMessage"], [queue.attrArn]).statements,
  throughService(["kms:GenerateDataKey", "kms:Decrypt"], operations.keyArn, viaQueues),
];

const encrypted = (
  scope: Construct,
  name: string,
  on: Service,
  more: { visibilityTimeout?: number; redrivePolicy?: object },
): CfnQueue =>
  new CfnQueue(scope, "queue", {
    queueName: `${prefixOf(on.stage)}-${name}`,
    kmsMasterKeyId: on.data.keys.operations.keyArn,
    messageRetentionPeriod: Duration.days(14).toSeconds(),
    ...more,
  });

const deadLetters = (scope: Construct, name: string, on: Service): CfnQueue => {
  const queue = encrypted(scope, name, on, {});
  acknowledge(queue, {
    "AwsSolutions::AwsSolutions-SQS3": "This is itself where messages end that could not be handled.",
    "Serverless::Serverless-SQSRedrivePolicy":
      "This is itself where messages end that could not be handled, so there is nowhere further to send them.",
  });
  return queue;
};

/** One policy for queues that belong together: a stack holds only so many resources. */
const allow = (scope: Construct, queues: readonly CfnQueue[]): CfnQueuePolicy =>
  new CfnQueuePolicy(scope, "policy", {
    queues: queues.map(({ ref }) => ref),
    policyDocument: new PolicyDocument({ statements: [onlyTls(queues), fromRules(queues)] }),
  });

const onlyTls = (queues: readonly CfnQueue[]): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ["sqs:*"],
    resources: queues.map(({ attrArn }) => attrArn),
    conditions: { Bool: { "aws:SecureTransport": "false" } },
  });

const fromRules = (queues: readonly CfnQueue[]): PolicyStatement =>
  new PolicyStatement({
    principals: [new ServicePrincipal("events.amazonaws.com")],
    actions: ["sqs:SendMessage"],
    resources: queues.map(({ attrArn }) => attrArn),
    conditions: {
      ArnLike: { "aws:SourceArn": `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/*` },
    },
  });
