import type { StateMachineDefinition } from "#functions/runtime/workflow.ts";

/** How a function ended for whoever called it. */
export type Invoked = { readonly payload: unknown } | { readonly fault: string };

export type Ended =
  | { readonly status: "SUCCEEDED"; readonly output: unknown }
  | { readonly status: "FAILED" | "TIMED_OUT"; readonly error: string };

type On = {
  readonly invoke: (functionName: string, payload: unknown) => Promise<Invoked>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** `undefined` when the time was up first. */
  readonly within: <Value>(milliseconds: number, work: Promise<Value>) => Promise<Value | undefined>;
  readonly timedOut?: (what: "state" | "machine") => void;
};

/** What is used of Amazon States Language; anything else is refused. */
type Retrier = { ErrorEquals: string[]; IntervalSeconds: number; MaxAttempts: number; BackoffRate: number };
type TaskState = {
  Type: "Task";
  Resource: string;
  Parameters: { FunctionName: string; "Payload.$": "$" };
  OutputPath: "$.Payload";
  TimeoutSeconds: number;
  Retry: Retrier[];
  Next: string;
};
type ChoiceState = {
  Type: "Choice";
  Choices: { Variable: string; StringEquals: string; Next: string }[];
  Default: string;
};
type State = TaskState | ChoiceState | { Type: "Succeed" };

/** Runs a definition as an Express machine would, on whatever clock it is given. */
export const execute = async (definition: StateMachineDefinition, input: unknown, on: On): Promise<Ended> => {
  const run = new Run(definition, on);
  const ended = await on.within(definition.TimeoutSeconds * 1_000, run.go(input));
  run.over = true;
  if (ended) return ended;
  on.timedOut?.("machine");
  return { status: "TIMED_OUT", error: "States.Timeout" };
};

class Run {
  over = false;
  readonly #definition: StateMachineDefinition;
  readonly #on: On;

  constructor(definition: StateMachineDefinition, on: On) {
    this.#definition = definition;
    this.#on = on;
  }

  async go(input: unknown): Promise<Ended> {
    let name: string | undefined = this.#definition.StartAt;
    let data = input;
    while (name !== undefined && !this.over) {
      const state = stateOf(this.#definition, name);
      const done: Ended = state.Type === "Task" ? await this.#task(state, data) : succeeded(data);
      if (done.status !== "SUCCEEDED") return done;
      data = done.output;
      name = nextOf(state, data);
      if (name === "States.Runtime") return { status: "FAILED", error: name };
    }
    return succeeded(data);
  }

  async #task(state: TaskState, input: unknown): Promise<Ended> {
    const left = state.Retry.map(({ MaxAttempts }) => MaxAttempts);
    for (let tried = 1; ; tried += 1) {
      const error = await this.#attempt(state, input);
      if (typeof error !== "string") return error;
      const index = state.Retry.findIndex(({ ErrorEquals }) =>
        ErrorEquals.some((name) => matches(name, error)),
      );
      const retrier = state.Retry[index];
      if (!retrier || !left[index] || this.over) return { status: "FAILED", error };
      left[index] -= 1;
      await this.#on.sleep(retrier.IntervalSeconds * 1_000 * retrier.BackoffRate ** (tried - 1));
    }
  }

  async #attempt(state: TaskState, input: unknown): Promise<Ended | string> {
    const { FunctionName } = state.Parameters;
    const invoked = await this.#on.within(
      state.TimeoutSeconds * 1_000,
      this.#on.invoke(FunctionName, JSON.parse(JSON.stringify(input))),
    );
    if (invoked === undefined) {
      this.#on.timedOut?.("state");
      return "States.Timeout";
    }
    return "fault" in invoked ? invoked.fault : { status: "SUCCEEDED", output: invoked.payload };
  }
}

const succeeded = (output: unknown): Ended => ({ status: "SUCCEEDED", output });

/** `States.TaskFailed` stands for every error but a timeout of the state. */
const matches = (name: string, error: string): boolean =>
  name === error || name === "States.ALL" || (name === "States.TaskFailed" && error !== "States.Timeout");

const stateOf = (definition: StateMachineDefinition, name: string): State => {
  const state = definition.States[name] as State | undefined;
  if (!state) throw new Error(`there is no state ${name}`);
  const known = { Task: taskKeys, Choice: choiceKeys, Succeed: ["Type"] }[state.Type] as readonly string[];
  const strange = Object.keys(state).find((key) => !known?.includes(key));
  if (!known || strange)
    throw new Error(`state ${name} has ${strange ?? state.Type}, which this does not know`);
  if (state.Type === "Task" && !state.Resource.endsWith(":states:::lambda:invoke"))
    throw new Error(`state ${name} calls ${state.Resource}, which this does not know`);
  return state;
};

const taskKeys = ["Type", "Resource", "Parameters", "OutputPath", "TimeoutSeconds", "Retry", "Next"];
const choiceKeys = ["Type", "Choices", "Default"];

const nextOf = (state: State, data: unknown): string | undefined => {
  if (state.Type === "Succeed") return undefined;
  if (state.Type === "Task") return state.Next;
  const value = (variable: string) => (data as Record<string, unknown> | null)?.[variable.slice("$.".length)];
  if (state.Choices.some(({ Variable }) => value(Variable) === undefined)) return "States.Runtime";
  const choice = state.Choices.find(({ Variable, StringEquals }) => value(Variable) === StringEquals);
  return choice?.Next ?? state.Default;
};
