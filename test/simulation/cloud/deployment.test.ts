import { describe, expect, test } from "vitest";
import { handlerOf } from "#test/infra/granted.ts";
import { type Resource, resourcesOf, templatesOf } from "#test/infra/synthesized.ts";
import { functions, outboxStream, queues, sealer, startedBy, sweepers } from "./deployment.ts";

const templates = templatesOf("prod");
const all = (type: string): Resource[] => resourcesOf(templates, type).map(([, resource]) => resource);
const lambdas = all("AWS::Lambda::Function");

describe("the simulated deployment is the synthesized one:", () => {
  test("every function, each with its time limit", () => {
    const deployed = Object.fromEntries(lambdas.map((made) => [handlerOf(made), made.Properties["Timeout"]]));
    const simulated = Object.entries(functions).map(([name, { timeoutSeconds }]) => [name, timeoutSeconds]);
    expect(Object.fromEntries(simulated)).toEqual(deployed);
  });

  test("queues with their readers' batches, visibility and dead letters", () => {
    const deployed = all("AWS::SQS::Queue")
      .filter(({ Properties }) => Properties["RedrivePolicy"])
      .map(({ Properties }) => ({
        name: String(Properties["QueueName"]),
        visibilitySeconds: Properties["VisibilityTimeout"],
        receives: (Properties["RedrivePolicy"] as { maxReceiveCount: number }).maxReceiveCount,
      }));
    const simulated = Object.entries(queues).map(([name, { visibilitySeconds, receives }]) => ({
      name: `agentic-checkout-prod-${name}`,
      visibilitySeconds,
      receives,
    }));
    expect(simulated).toEqual(expect.arrayContaining(deployed));
    expect(deployed).toHaveLength(simulated.length);
    const batches = all("AWS::Lambda::EventSourceMapping").map(({ Properties }) => Properties["BatchSize"]);
    for (const { batchSize } of Object.values(queues)) expect(batches).toContain(batchSize);
  });

  test("the reader of the outbox's stream", () => {
    const [mapping] = all("AWS::Lambda::EventSourceMapping").filter(
      ({ Properties }) => Properties["StartingPosition"],
    );
    expect(mapping?.Properties).toMatchObject({
      BatchSize: outboxStream.batchSize,
      ParallelizationFactor: outboxStream.readers,
      MaximumRetryAttempts: outboxStream.retries,
      BisectBatchOnFunctionError: true,
    });
  });

  test("workflows and the events that start them", () => {
    // What AWS says of itself, on its own bus, starts none of ours.
    const rules = all("AWS::Events::Rule").filter(
      ({ Properties }) =>
        Properties["EventBusName"] !== undefined &&
        (Properties["EventPattern"] as { "detail-type"?: unknown } | undefined)?.["detail-type"],
    );
    const deployed = rules.map(({ Properties }) => {
      const [target] = Properties["Targets"] as { InputTransformer?: { InputPathsMap: object } }[];
      const [type] = (Properties["EventPattern"] as { "detail-type": string[] })["detail-type"];
      return [type, target?.InputTransformer?.InputPathsMap];
    });
    expect(Object.entries(startedBy).map(([type, { paths }]) => [type, paths])).toEqual(deployed);
  });

  test("sweepers and the sealer every minute", () => {
    const deployed = all("AWS::Events::Rule").filter(
      ({ Properties }) => Properties["ScheduleExpression"] === "rate(1 minute)",
    );
    expect(deployed).toHaveLength([...Object.keys(sweepers), sealer].length);
  });
});
