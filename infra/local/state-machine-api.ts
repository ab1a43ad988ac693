import { AwsError, type Call, type Json, type JsonObject, NotEmbedded, type Service } from "./aws.ts";
import type { Ended, Machines } from "./state-machine.ts";

/** `StartSyncExecution` waits for the end, `StartExecution` does not. */
export const machineService =
  (machines: Machines): Service =>
  async ({ action, body, principal }: Call) => {
    if (!starts.has(action)) throw new NotEmbedded(`states ${action}`);
    const machineArn = String(body["stateMachineArn"]);
    principal.may(`states:${action}`, machineArn);
    const startDate = Date.now() / 1_000;
    const { executionArn, ended } = machines.start(machineArn, inputOf(body));
    if (action === "StartExecution") return { executionArn, startDate };
    const end = await ended;
    return {
      executionArn,
      stateMachineArn: machineArn,
      startDate,
      stopDate: Date.now() / 1_000,
      ...said(end),
    };
  };

const starts = new Set(["StartSyncExecution", "StartExecution"]);

const inputOf = (body: JsonObject): Json => {
  const text = String(body["input"] ?? "{}");
  if (text.length > 262_144) throw new AwsError("InvalidExecutionInput", "the input is longer than 256 KiB");
  return JSON.parse(text) as Json;
};

const said = (end: Ended): JsonObject =>
  end.status === "SUCCEEDED" ? { ...end, output: JSON.stringify(end.output) } : end;
