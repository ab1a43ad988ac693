import { Aws } from "aws-cdk-lib";
import { type Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import type { Service } from "./data-stack.ts";
import { promisesOf } from "./promises.ts";
import type { DeadLetters } from "./queue.ts";
import type { ServicePromise } from "./service-promise.ts";
import { prefixOf } from "./stage.ts";
import { Warnings } from "./warnings.ts";

/** One alarm a promise; whoever is in `stage.ts` hears of each when it breaks and when it holds again. */
export class Alarms extends Construct {
  constructor(
    scope: Construct,
    on: Service,
    told: { readonly email?: string; readonly undelivered: DeadLetters },
  ) {
    super(scope, "alarms");
    const topic = topicFor(this, on, told.email);
    for (const promise of promisesOf(on.stage)) {
      const alarm = alarmFor(this, prefixOf(on.stage), promise);
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
    new Warnings(this, on, { topic, undelivered: told.undelivered });
  }
}

const alarmFor = (scope: Construct, prefix: string, promise: ServicePromise): Alarm =>
  promise.metric.createAlarm(scope, promise.name, {
    alarmName: `${prefix}-${promise.name}`,
    alarmDescription: promise.means,
    threshold: promise.threshold,
    evaluationPeriods: promise.periods ?? 1,
    comparisonOperator: promise.below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    // Silence is health, except where the promise is that something runs.
    treatMissingData: promise.below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });

const topicFor = (scope: Construct, { stage, data }: Service, email: string | undefined): Topic => {
  const topic = new Topic(scope, "topic", {
    topicName: `${prefixOf(stage)}-alarms`,
    masterKey: data.keys.operations,
    enforceSSL: true,
  });
  // A policy of its own replaces the one by which the account's alarms may publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
    }),
  );
  if (email) {
    topic.addSubscription(new EmailSubscription(email));
    acknowledge(topic, {
      "Serverless::Serverless-SNSRedrivePolicy":
        "Mail that can't be delivered must not land in a queue whose depth raises the next alarm mail.",
    });
  }
  return topic;
};
