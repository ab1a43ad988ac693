import { CfnRule } from "aws-cdk-lib/aws-events";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { Lambda } from "./lambda.ts";
import type { DeadLetters } from "./queue.ts";
import { prefixOf, type Stage } from "./stage.ts";

/** Calls a sweeper every minute. A call that was lost is not repeated: the next minute sweeps what it left. */
export class EveryMinute extends Construct {
  constructor(scope: Construct, lambda: Lambda, on: { stage: Stage; undelivered: DeadLetters }) {
    super(scope, `${lambda.node.id}-every-minute`);
    const rule = new CfnRule(this, "rule", {
      name: `${prefixOf(on.stage)}-${lambda.node.id}`,
      scheduleExpression: "rate(1 minute)",
      state: "ENABLED",
      targets: [
        {
          id: "sweeper",
          arn: lambda.function.functionArn,
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
          deadLetterConfig: { arn: on.undelivered.queue.attrArn },
        },
      ],
    });
    new CfnPermission(this, "permission", {
      action: "lambda:InvokeFunction",
      functionName: lambda.function.functionArn,
      principal: "events.amazonaws.com",
      sourceArn: rule.attrArn,
    });
  }
}
