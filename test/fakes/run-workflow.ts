import { render, type StateMachineDefinition, type Workflow } from "#functions/runtime/workflow.ts";

export type StepFunction = (input: object) => Promise<object>;

/**
 * Runs what `render` makes of a workflow, as Express would: tasks with their retries, choices by outcome. A task
 * that keeps failing fails the run. Handlers by their path, as in the workflow.
 */
export const runWorkflow = async (
  workflow: Workflow,
  handlers: Readonly<Record<string, StepFunction>>,
  input: object,
): Promise<object> => {
  const definition = render(workflow, (handler) => handler);
  let data = input;
  let name: string | undefined = definition.StartAt;
  while (name !== undefined) {
    const state = stateOf(definition, name);
    if (state.Type === "Task") data = await attempt(state, handlerOf(handlers, state), data);
    name = nextOf(state, data);
  }
  return data;
};

type State =
  | { Type: "Task"; Parameters: { FunctionName: string }; Retry: { MaxAttempts: number }[]; Next: string }
  | { Type: "Choice"; Choices: { StringEquals: string; Next: string }[]; Default: string }
  | { Type: "Succeed" };

const stateOf = (definition: StateMachineDefinition, name: string): State => {
  const state = definition.States[name];
  if (!state) throw new Error(`there is no state ${name}`);
  return state as State;
};

const handlerOf = (handlers: Readonly<Record<string, StepFunction>>, state: State & { Type: "Task" }) => {
  const handler = handlers[state.Parameters.FunctionName];
  if (!handler) throw new Error(`there is no handler ${state.Parameters.FunctionName}`);
  return handler;
};

const attempt = async (
  state: State & { Type: "Task" },
  handler: StepFunction,
  data: object,
): Promise<object> => {
  let left = state.Retry[0]?.MaxAttempts ?? 0;
  for (;;) {
    try {
      return JSON.parse(JSON.stringify(await handler(data)));
    } catch (error) {
      if (left === 0 || error instanceof Killed) throw error;
      left -= 1;
    }
  }
};

const nextOf = (state: State, data: object): string | undefined => {
  if (state.Type === "Succeed") return undefined;
  if (state.Type === "Task") return state.Next;
  const { outcome } = data as { outcome?: string };
  return state.Choices.find((choice) => choice.StringEquals === outcome)?.Next ?? state.Default;
};

/** The process that ran a step is gone: nothing retries it. */
export class Killed extends Error {
  override readonly name = "Killed";
}
