import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { Service } from "./data-stack.ts";
import type { EventBus } from "./event-bus.ts";
import { type Grant, grant, together } from "./grant.ts";
import { Lambda } from "./lambda.ts";
import type { DeadLetters } from "./queue.ts";
import { EveryMinute } from "./schedule.ts";

/** From a committed change to the bus: promptly by the table's stream, surely by the sweeper. */
export class Outbox extends Construct {
  constructor(scope: Construct, on: Service, parts: { bus: EventBus; undelivered: DeadLetters }) {
    super(scope, "outbox");
    const { outbox } = on.data;
    const publisher = new Lambda(this, "outbox/publish-events", {
      on,
      timeoutSeconds: 10,
      memoryMegabytes: 1024,
      grants: [outbox.may("get", "update"), parts.bus.put(), readStream(on), parts.undelivered.send()],
    });
    new CfnEventSourceMapping(this, "stream", {
      eventSourceArn: outbox.streamArn,
      functionName: publisher.function.functionName,
      startingPosition: "TRIM_HORIZON",
      batchSize: 100,
      parallelizationFactor: 4,
      // Publishing changes its row: without the filter each event would wake the publisher twice.
      filterCriteria: { filters: [{ pattern: JSON.stringify({ eventName: ["INSERT"] }) }] },
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 2,
      maximumRecordAgeInSeconds: 300,
      destinationConfig: { onFailure: { destination: parts.undelivered.queue.attrArn } },
    });
    const sweeper = new Lambda(this, "outbox/sweep-outbox", {
      on,
      timeoutSeconds: 50,
      grants: [outbox.may("get", "due", "update"), parts.bus.put()],
    });
    new EveryMinute(this, sweeper, { stage: on.stage, undelivered: parts.undelivered });
  }
}

const readStream = ({ data }: Service): Grant =>
  together(
    grant(
      ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
      [data.outbox.streamArn],
    ),
    // A stream is encrypted with its table's key, and Lambda reads it as the function.
    grant(["kms:Decrypt"], [data.keys.records.keyArn]),
  );
