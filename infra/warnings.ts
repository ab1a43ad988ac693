import { Aws } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { Service } from "./data-stack.ts";
import type { DeadLetters } from "./queue.ts";
import { prefixOf } from "./stage.ts";

/**
 * What AWS itself says and no metric does; told to whoever hears of alarms. Somebody ends or disables a key of the
 * account: 30 days are left to take it back (by CloudTrail, so it has to be on). A certificate of ours was not renewed:
 * ACM says so daily from 45 days before its end.
 */
const warnings: Readonly<Record<string, object>> = {
  "key-is-ended": {
    source: ["aws.kms"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: { eventSource: ["kms.amazonaws.com"], eventName: ["ScheduleKeyDeletion", "DisableKey"] },
  },
  "certificate-expires": {
    source: ["aws.acm"],
    "detail-type": ["ACM Certificate Approaching Expiration", "ACM Certificate Expired"],
  },
};

export class Warnings extends Construct {
  constructor(scope: Construct, on: Service, { topic, undelivered }: Parts) {
    super(scope, "warnings");
    const { roleArn } = tellerOf(this, on, topic);
    const deadLetterConfig = { arn: undelivered.queue.attrArn };
    for (const [name, eventPattern] of Object.entries(warnings))
      new CfnRule(this, name, {
        name: `${prefixOf(on.stage)}-${name}`,
        eventPattern,
        state: "ENABLED",
        targets: [{ id: "topic", arn: topic.topicArn, roleArn, deadLetterConfig }],
      });
  }
}
type Parts = { readonly topic: ITopic; readonly undelivered: DeadLetters };

const tellerOf = (scope: Construct, { data }: Service, topic: ITopic): Role =>
  new Role(scope, "teller", {
    assumedBy: new ServicePrincipal("events.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
    }),
    inlinePolicies: {
      grants: new PolicyDocument({
        statements: [
          new PolicyStatement({ actions: ["sns:Publish"], resources: [topic.topicArn] }),
          new PolicyStatement({
            actions: ["kms:Decrypt", "kms:GenerateDataKey"],
            resources: [data.keys.operations.keyArn],
          }),
        ],
      }),
    },
  });
