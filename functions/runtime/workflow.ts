/**
 * A workflow is data: steps by the path of their handler, and one function that makes Amazon States Language of
 * it. AWS, the embedded engine and the simulator run what `render` returns.
 *
 * A step gets the output of the step before it. `refused` takes the second road, whose first step is the
 * conditional write that decides; `held` ends the run; a fault, after its retries, fails it. The table is the
 * truth either way: a sweeper takes over what a run left unfinished.
 */
export type Workflow = {
  readonly name: string;
  readonly steps: readonly [Step, ...Step[]];
  readonly refused: readonly Step[];
  /** Of the whole run. */
  readonly timeoutSeconds: number;
};

export type Step = { readonly handler: string; readonly timeoutSeconds: number };

/**
 * Milliseconds after which no step of a run is at work: a step that began as the machine's time ended goes on for
 * its own.
 */
export const longestRunOf = ({ steps, refused, timeoutSeconds }: Workflow): number =>
  (timeoutSeconds + Math.max(...[...steps, ...refused].map((step) => step.timeoutSeconds))) * 1_000;

/** The run's last output when nothing failed. */
export const render = (
  workflow: Workflow,
  functionArn: (handler: string) => string,
  partition = "aws",
): StateMachineDefinition => ({
  Comment: workflow.name,
  StartAt: stateName(workflow.steps[0]),
  TimeoutSeconds: workflow.timeoutSeconds,
  States: {
    ...road(workflow.steps, workflow.refused[0], { functionArn, partition }),
    ...road(workflow.refused, undefined, { functionArn, partition }),
    finished: { Type: "Succeed" },
  },
});

export type StateMachineDefinition = {
  Comment: string;
  StartAt: string;
  TimeoutSeconds: number;
  States: Record<string, object>;
};

const stateName = (step: Step): string => step.handler.slice(step.handler.lastIndexOf("/") + 1);

type Place = { readonly functionArn: (handler: string) => string; readonly partition: string };

const road = (steps: readonly Step[], onRefused: Step | undefined, place: Place) => {
  const states: Record<string, object> = {};
  for (const [index, step] of steps.entries()) {
    const next = steps[index + 1];
    states[stateName(step)] = task(step, place);
    states[`${stateName(step)}?`] = choice(next, onRefused);
  }
  return states;
};

/** Lambda's own faults and ours are retried twice; everything else is the sweeper's. */
const task = (step: Step, { functionArn, partition }: Place) => ({
  Type: "Task",
  Resource: `arn:${partition}:states:::lambda:invoke`,
  Parameters: { FunctionName: functionArn(step.handler), "Payload.$": "$" },
  OutputPath: "$.Payload",
  TimeoutSeconds: step.timeoutSeconds,
  Retry: [{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 }],
  Next: `${stateName(step)}?`,
});

const choice = (next: Step | undefined, onRefused: Step | undefined) => ({
  Type: "Choice",
  Choices: [
    { Variable: "$.outcome", StringEquals: "done", Next: next ? stateName(next) : "finished" },
    ...(onRefused ? [{ Variable: "$.outcome", StringEquals: "refused", Next: stateName(onRefused) }] : []),
  ],
  Default: "finished",
});
