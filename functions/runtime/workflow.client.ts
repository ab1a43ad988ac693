import { SFNClient, StartExecutionCommand, StartSyncExecutionCommand } from "@aws-sdk/client-sfn";
import { Refusal } from "#functions/values/refusal.ts";
import type { ClientOf } from "./platform.ts";

export type StartWorkflow = {
  /** Begins a run without waiting for it. */
  start(workflow: string, input: unknown): Promise<void>;
  /** Begins a run and waits for its end. What came of it the table tells; the end tells why nothing did. */
  run(workflow: string, input: unknown, timeoutMs: number): Promise<RunEnd>;
};

/** `unanswered` after the time is up or the connection was lost: the run may still be going. */
export type RunEnd =
  | { readonly run: "succeeded"; readonly output: unknown }
  | { readonly run: "failed" | "unanswered" };

/** Workflows by the ARN of their state machine. */
export const workflowClient: ClientOf<StartWorkflow> = (on) => {
  // Behind one endpoint for all services, the SDK's `sync-` host would lead nowhere.
  const disableHostPrefix = on.environment.find("AWS_ENDPOINT_URL") !== undefined;
  const starting = new SFNClient({ maxAttempts: 3, disableHostPrefix, requestHandler: timeouts(3_000) });
  // One try: a second would be a second run.
  const running = new SFNClient({ maxAttempts: 1, disableHostPrefix, requestHandler: timeouts(30_000) });
  return {
    start: async (stateMachineArn, input) => {
      await starting.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
    },
    run: async (stateMachineArn, input, timeoutMs) => {
      const abortSignal = AbortSignal.timeout(Math.max(1, Math.round(timeoutMs)));
      const command = new StartSyncExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
      try {
        const { status, output = "null" } = await running.send(command, { abortSignal });
        return status === "SUCCEEDED" ? { run: "succeeded", output: JSON.parse(output) } : { run: "failed" };
      } catch (error) {
        return { run: unanswered(error) };
      }
    },
  };
};

const timeouts = (requestTimeout: number) => ({
  connectionTimeout: 1_000,
  requestTimeout,
  throwOnRequestTimeout: true,
});

const throttled = new Set(["ExecutionLimitExceeded", "ThrottlingException", "TooManyRequestsException"]);

/** What was refused did not begin; without an answer nobody knows. */
const unanswered = (error: unknown): "unanswered" => {
  const { name = "", $fault } = error as { name?: string; $fault?: string };
  if (throttled.has(name)) {
    throw new Refusal("temporarily_unavailable", "Too busy right now.", { retryAfterSeconds: 1 });
  }
  if ($fault === "client") throw error;
  return "unanswered";
};
