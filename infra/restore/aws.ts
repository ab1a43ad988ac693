import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  RestoreTableToPointInTimeCommand,
} from "@aws-sdk/client-dynamodb";
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import {
  DeleteFunctionConcurrencyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import type { Call } from "./calls.ts";
import type { Restoring } from "./run.ts";

/** The calls as whoever runs the command makes them, with credentials of their own. */
export const awsCalls = (): Pick<Restoring, "send" | "stateOf"> => {
  const dynamodb = new DynamoDBClient();
  const events = new EventBridgeClient();
  const lambda = new LambdaClient();
  const senders: Readonly<Record<string, (input: never) => Promise<unknown>>> = {
    PutFunctionConcurrency: (input) => lambda.send(new PutFunctionConcurrencyCommand(input)),
    DeleteFunctionConcurrency: (input) => lambda.send(new DeleteFunctionConcurrencyCommand(input)),
    UpdateEventSourceMapping: (input) => turnSources(lambda, input),
    DisableRule: (input) => events.send(new DisableRuleCommand(input)),
    EnableRule: (input) => events.send(new EnableRuleCommand(input)),
    RestoreTableToPointInTime: (input) =>
      dynamodb
        .send(new RestoreTableToPointInTimeCommand(withTime(input)))
        .catch(unless("LimitExceededException")),
    DeleteTable: (input) =>
      dynamodb.send(new DeleteTableCommand(input)).catch(unless("ResourceNotFoundException")),
  };
  return {
    send: async ({ action, input }: Call) => {
      const sender = senders[action];
      if (!sender) throw new Error(`nobody here calls ${action}`);
      await sender(input as never);
    },
    stateOf: async (TableName) => {
      const described = await dynamodb
        .send(new DescribeTableCommand({ TableName }))
        .catch(unless("ResourceNotFoundException"));
      return described?.Table?.TableStatus;
    },
  };
};

const unless =
  (name: string) =>
  (error: unknown): undefined => {
    if (error instanceof Error && error.name === name) return;
    throw error;
  };

type Restore = { SourceTableName: string; TargetTableName: string; RestoreDateTime: string };
const withTime = (input: Restore) => ({ ...input, RestoreDateTime: new Date(input.RestoreDateTime) });

/** Mappings are known by ids that AWS gave them. */
const turnSources = async (
  lambda: LambdaClient,
  { FunctionName, Enabled }: { FunctionName: string; Enabled: boolean },
): Promise<void> => {
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  for (const { UUID } of EventSourceMappings)
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
};
