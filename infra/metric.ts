import { Aws, Duration } from "aws-cdk-lib";
import { MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { type Counted, metricsNamespace } from "#functions/runtime/metrics.ts";
import { gatewayStage } from "./rest-api.ts";

/** What CloudWatch counts, named by physical names: no stack has to export anything to be watched. */
const period = Duration.minutes(5);

export const lambdaMetric = (FunctionName: string, metricName: string, statistic = "Sum"): Metric =>
  new Metric({ namespace: "AWS/Lambda", metricName, dimensionsMap: { FunctionName }, statistic, period });

export const queueMetric = (QueueName: string, metricName: string): Metric =>
  new Metric({
    namespace: "AWS/SQS",
    metricName,
    dimensionsMap: { QueueName },
    statistic: "Maximum",
    period,
  });

export const apiMetric = (ApiName: string, metricName: string, statistic: string): Metric =>
  new Metric({
    namespace: "AWS/ApiGateway",
    metricName,
    dimensionsMap: { ApiName, Stage: gatewayStage },
    statistic,
    period,
  });

export const sumOf = (metrics: readonly Metric[]): MathExpression =>
  weighted(metrics.map((metric) => ({ metric, weight: 1 })));

/** Of whichever counts least: what is silent counts nothing. */
export const leastOf = (metrics: readonly Metric[]): MathExpression => {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  const expression = `MIN(FILL([${Object.keys(usingMetrics).join(", ")}], 0))`;
  return new MathExpression({ expression, usingMetrics, period });
};

/** In seconds, whichever is further behind: a stream's reader, counted in milliseconds, or a queue's. */
export const slowest = (stream: Metric, queue: Metric): MathExpression =>
  new MathExpression({
    expression: "MAX([FILL(stream, 0) / 1000, FILL(queue, 0)])",
    usingMetrics: { stream, queue },
    period,
  });

export const weighted = (
  parts: readonly { readonly metric: Metric; readonly weight: number }[],
  over = period,
): MathExpression => {
  const usingMetrics = Object.fromEntries(parts.map(({ metric }, index) => [`m${index}`, metric]));
  const expression = parts
    .map(({ weight }, index) => (weight === 1 ? `FILL(m${index}, 0)` : `${weight} * FILL(m${index}, 0)`))
    .join(" + ");
  return new MathExpression({ expression, usingMetrics, period: over });
};

const machineArn = (name: string): string =>
  `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:stateMachine:${name}`;

/** Runs that failed or timed out; one that ended in `held` or a refusal has succeeded. */
export const failedRuns = (name: string): MathExpression =>
  sumOf(
    ["ExecutionsFailed", "ExecutionsTimedOut"].map(
      (metricName) =>
        new Metric({
          namespace: "AWS/States",
          metricName,
          dimensionsMap: { StateMachineArn: machineArn(name) },
          statistic: "Sum",
          period,
        }),
    ),
  );

/** Counted by a function itself (`functions/runtime/metrics.ts`); `handler` as in `new Lambda`. */
export const countMetric = (handler: string, stage: string, metricName: Counted): Metric =>
  new Metric({
    namespace: metricsNamespace,
    metricName,
    dimensionsMap: { service: handler, stage },
    statistic: "Sum",
    period,
  });

export const throttledWrites = (TableName: string): Metric[] =>
  ["TransactWriteItems", "PutItem", "UpdateItem"].map(
    (Operation) =>
      new Metric({
        namespace: "AWS/DynamoDB",
        metricName: "ThrottledRequests",
        dimensionsMap: { TableName, Operation },
        statistic: "Sum",
        period,
      }),
  );

/** Of all functions of the account and region: they share one quota. */
export const refusedCalls = (): Metric =>
  new Metric({ namespace: "AWS/Lambda", metricName: "Throttles", statistic: "Sum", period });
