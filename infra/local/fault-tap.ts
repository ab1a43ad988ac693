import { AwsError } from "./aws.ts";

/**
 * Strikes at the `nth` step that fits: a write that a function makes (DynamoDB, SQS, EventBridge, Step
 * Functions) or, with `service: "lambda"`, an invocation. `die` kills the whole cloud as a power cut would;
 * `fail` answers the caller with a fault, `after` the effect has happened or instead of it.
 */
export type FaultTap = {
  readonly effect: "die" | "fail";
  readonly when: "before" | "after";
  readonly nth: number;
  /** How often it strikes in a row, from the `nth` on; once without it. */
  readonly times?: number;
  readonly service?: string;
  readonly action?: string;
  /** `order/place-order`: who makes the write, or which function is invoked. */
  readonly function?: string;
};

export type Step = { readonly service: string; readonly action: string; readonly function: string };

/** Runs a step with the tap around it. */
export type Tapped = <Result>(step: Step, run: () => Promise<Result>) => Promise<Result>;

export type Tap = {
  readonly tapped: Tapped;
  /** Puts another tap in the place of this one and counts from here; answers how many steps fitted since. */
  arm(tap: FaultTap | undefined): () => number;
};

export const faultTap = (first: FaultTap | undefined): Tap => {
  let armed = { tap: first, seen: 0 };
  return {
    arm: (tap) => {
      const mine = { tap, seen: 0 };
      armed = mine;
      return () => mine.seen;
    },
    tapped: async (step, run) => {
      const { tap } = armed;
      if (!tap || !fits(tap, step)) return run();
      armed.seen += 1;
      return strikesAt(tap, armed.seen) ? struck(tap, step, run) : run();
    },
  };
};

const strikesAt = ({ nth, times = 1 }: FaultTap, seen: number): boolean => seen >= nth && seen < nth + times;

const struck = async (tap: FaultTap, step: Step, run: () => Promise<unknown>): Promise<never> => {
  if (tap.when === "after") await run();
  return strike(tap, step);
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
