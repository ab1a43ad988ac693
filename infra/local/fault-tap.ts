import { AwsError } from "./aws.ts";

/**
 * Strikes once, at the `nth` step that fits: a write that a function makes (DynamoDB, SQS, EventBridge, Step
 * Functions) or, with `service: "lambda"`, an invocation. `die` kills the whole cloud as a power cut would;
 * `fail` answers the caller with a fault, `after` the effect has happened or instead of it.
 */
export type FaultTap = {
  readonly effect: "die" | "fail";
  readonly when: "before" | "after";
  readonly nth: number;
  readonly service?: string;
  readonly action?: string;
  /** `order/place-order`: who makes the write, or which function is invoked. */
  readonly function?: string;
};

export type Step = { readonly service: string; readonly action: string; readonly function: string };

/** Runs a step with the tap around it. */
export type Tapped = <Result>(step: Step, run: () => Promise<Result>) => Promise<Result>;

export const faultTap = (tap: FaultTap | undefined): Tapped => {
  if (!tap) return (_step, run) => run();
  let seen = 0;
  return async (step, run) => {
    if (!fits(tap, step)) return run();
    seen += 1;
    const strikes = seen === tap.nth;
    if (strikes && tap.when === "before") strike(tap, step);
    const result = await run();
    if (strikes && tap.when === "after") strike(tap, step);
    return result;
  };
};

const fits = (tap: FaultTap, step: Step): boolean =>
  step.service === (tap.service ?? (step.service === "lambda" ? "" : step.service)) &&
  (tap.action === undefined || tap.action === step.action) &&
  (tap.function === undefined || tap.function === step.function) &&
  writes.has(`${step.service}:${step.action}`);

const strike = (tap: FaultTap, step: Step): never => {
  if (tap.effect === "die") process.kill(process.pid, "SIGKILL");
  throw new AwsError("InternalServerError", `the fault tap struck ${tap.when} ${step.action}`, 500);
};

const writes = new Set([
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
  "dynamodb:DeleteItem",
  "dynamodb:BatchWriteItem",
  "dynamodb:TransactWriteItems",
  "sqs:SendMessage",
  "sqs:SendMessageBatch",
  "events:PutEvents",
  "states:StartExecution",
  "states:StartSyncExecution",
  "lambda:Invoke",
]);
