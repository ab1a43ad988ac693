import { CfnRule } from "aws-cdk-lib/aws-events";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { Lambda } from "./lambda.ts";
import type { DeadLetters } from "./queue.ts";
import { prefixOf, type Stage } from "./stage.ts";

/** How often, by the words that name the schedule. */
const rates = {
  "every-minute": "rate(1 minute)",
  "every-quarter": "rate(15 minutes)",
  "every-day": "rate(1 day)",
} as const;

type Props = {
  readonly stage: Stage;
  readonly undelivered: DeadLetters;
  /** What the function is called with, where one function has more than one schedule. */
  readonly input?: object;
};

/**
 * Calls a function again and again. One that fails is repeated twice within minutes, as Lambda does by itself; one that
 * was lost on its way there is not: the next does what it left. So any of them may run beside another.
 */
export class Schedule extends Construct {
  constructor(scope: Construct, lambda: Lambda, every: keyof typeof rates, on: Props) {
    super(scope, `${lambda.node.id}-${every}`);
    const { input } = on;
    const rule = new CfnRule(this, "rule", {
      name: `${prefixOf(on.stage)}-${lambda.node.id}${input ? `-${every}` : ""}`,
      scheduleExpression: rates[every],
      state: "ENABLED",
      targets: [
        {
          id: "sweeper",
          arn: lambda.function.functionArn,
          ...(input && { input: JSON.stringify(input) }),
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

export class EveryMinute extends Schedule {
  constructor(scope: Construct, lambda: Lambda, on: Props) {
    super(scope, lambda, "every-minute", on);
  }
}
