import { randomUUID } from "node:crypto";
import type { StateMachine } from "aws-local-stepfunctions";
import type { Activity } from "./activity.ts";
import { AwsError, arn, type Json, type JsonObject, NotEmbedded, type Principal } from "./aws.ts";
import type { Iam } from "./iam.ts";
import type { Journal } from "./journal.ts";
import type { Lambda } from "./lambda.ts";
import type { CloudLog } from "./log.ts";
import type { Assembly, Resource } from "./template.ts";

export type Ended =
  | { readonly status: "SUCCEEDED"; readonly output: Json }
  | { readonly status: "FAILED" | "TIMED_OUT"; readonly error: string; readonly cause: string };
export type Machines = {
  start(machineArn: string, input: Json): { readonly executionArn: string; readonly ended: Promise<Ended> };
};

type Needs = {
  readonly assembly: Assembly;
  readonly lambda: Lambda;
  readonly iam: Iam;
  readonly log: CloudLog;
  readonly journal: Journal;
  readonly activity: Activity;
};
type Properties = {
  readonly StateMachineType?: string;
  readonly DefinitionString?: string;
  readonly Definition?: JsonObject;
  readonly DefinitionSubstitutions?: Readonly<Record<string, Json>>;
  readonly RoleArn: string;
};
type Definition = { readonly States: Readonly<Record<string, State>>; readonly QueryLanguage?: string };
type State = { readonly Type: string; readonly Resource?: string; readonly QueryLanguage?: string };
type Machine = { readonly name: string; readonly definition: Definition; readonly principal: Principal };
type Payload = { readonly FunctionName: string; readonly Payload?: Json };

/** Express machines: an execution lives in memory, and nobody can ask for it later. */
export const startMachines = (on: Needs): Machines => {
  const machines = new Map<string, Machine>(
    on.assembly
      .ofType("AWS::StepFunctions::StateMachine")
      .map((each) => [on.assembly.attribute(each, "Arn"), machineOf(on, each)]),
  );
  return {
    start: (machineArn, input) => {
      const machine = machines.get(machineArn);
      if (!machine)
        throw new AwsError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${machineArn}'`);
      const name = randomUUID();
      const executionArn = arn("states", `express:${machine.name}:${name}:${randomUUID()}`);
      on.journal("execution", { machine: machine.name, input });
      const running = on.activity.during(() => run(on, machine, input, executionArn));
      const ended = running.then((end) => {
        on.journal("execution", { machine: machine.name, ...end });
        const text = end.status === "SUCCEEDED" ? "" : `: ${end.error} ${end.cause}`;
        on.log.write(machine.name, `${name} ${end.status}${text}`);
        return end;
      });
      return { executionArn, ended };
    },
  };
};

const machineOf = (on: Needs, resource: Resource): Machine => {
  const properties = on.assembly.properties<Properties>(resource);
  const name = on.assembly.attribute(resource, "Name");
  if (properties.StateMachineType !== "EXPRESS") throw new NotEmbedded(`${name}: a standard state machine`);
  const text = properties.DefinitionString ?? JSON.stringify(properties.Definition ?? {});
  const substitutions = properties.DefinitionSubstitutions ?? {};
  const definition = JSON.parse(
    text.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, key: string) => String(substitutions[key] ?? whole)),
  ) as Definition;
  assertEmbedded(name, definition);
  return { name, definition, principal: on.iam.principal(properties.RoleArn, name) };
};

const embeddedTypes = new Set(["Task", "Choice", "Pass", "Wait", "Succeed", "Fail"]);

const assertEmbedded = (name: string, definition: Definition): void => {
  for (const [state, { Type, Resource: resource, QueryLanguage }] of Object.entries(definition.States)) {
    const known = embeddedTypes.has(Type) && (Type !== "Task" || invokes(resource));
    // The engine would take JSONata for JSONPath without a word.
    const language = QueryLanguage ?? definition.QueryLanguage ?? "JSONPath";
    if (!known || language !== "JSONPath")
      throw new NotEmbedded(`state ${state} of ${name}: ${Type} ${resource ?? ""} in ${language}`);
  }
};

const invokes = (resource: string | undefined): boolean =>
  resource === "arn:aws:states:::lambda:invoke" || resource?.startsWith("arn:aws:lambda:") === true;

const run = async (on: Needs, machine: Machine, input: Json, executionArn: string): Promise<Ended> => {
  // Loaded with the first execution: it brings its own AWS clients, which take a moment.
  const engine = await import("aws-local-stepfunctions");
  const definition = machine.definition as unknown as ConstructorParameters<typeof StateMachine>[0];
  const execution = new engine.StateMachine(definition, { validationOptions: { noValidate: true } });
  const tasks = Object.entries(machine.definition.States)
    .filter(([, state]) => state.Type === "Task")
    .map(([name, state]) => [name, (given: unknown) => task(on, machine, state, given)] as const);
  const started = execution.run(input as Parameters<StateMachine["run"]>[0], {
    overrides: { taskResourceLocalHandlers: Object.fromEntries(tasks) as never },
    context: { Execution: { Id: executionArn, Input: input as never, StartTime: new Date().toISOString() } },
  });
  try {
    return { status: "SUCCEEDED", output: (await started.result) as Json };
  } catch (error) {
    return failure(error as Error);
  }
};

const failure = (error: Error): Ended => {
  if (error.name === "ExecutionTimeoutError")
    return { status: "TIMED_OUT", error: "States.Timeout", cause: "" };
  const cause = error.cause instanceof Error ? error.cause : error;
  return { status: "FAILED", error: cause.name, cause: cause.message };
};

const task = async (on: Needs, machine: Machine, state: State, given: unknown): Promise<unknown> => {
  const optimized = state.Resource === "arn:aws:states:::lambda:invoke";
  const name = optimized ? (given as Payload).FunctionName : (state.Resource ?? "");
  const target = on.lambda.find(name);
  machine.principal.may("lambda:InvokeFunction", target.arn);
  const event = optimized ? ((given as Payload).Payload ?? {}) : given;
  const invoked = await on.lambda.invoke(target, event, machine.name);
  if ("fault" in invoked) throw new TaskFault(invoked.fault.errorType, JSON.stringify(invoked.fault));
  return optimized
    ? { ExecutedVersion: "$LATEST", StatusCode: 200, Payload: invoked.payload }
    : invoked.payload;
};

/** Its name is what `Retry` and `Catch` compare. */
class TaskFault extends Error {
  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}
