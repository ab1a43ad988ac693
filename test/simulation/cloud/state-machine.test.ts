import { StateMachine } from "aws-local-stepfunctions";
import { describe, expect, test } from "vitest";
import { render } from "#functions/runtime/workflow.ts";
import { workflows } from "./deployment.ts";
import { execute } from "./state-machine.ts";

/** How each step ends, time after time; the last one stays. */
type Script = Readonly<Record<string, readonly ("done" | "refused" | "held" | "fault")[]>>;
type Told = { readonly status: string; readonly outcome?: unknown; readonly calls: readonly string[] };

const scripted = (script: Script) => {
  const calls: string[] = [];
  return {
    calls,
    call: (handler: string, input: object) => {
      const ends = script[handler] ?? ["done"];
      const end = ends[Math.min(calls.filter((each) => each === handler).length, ends.length - 1)];
      calls.push(handler);
      if (end === "fault") throw Object.assign(new Error("a fault"), { name: "Fault" });
      return { ...input, outcome: end, by: handler };
    },
  };
};

type Definition = ReturnType<typeof render>;

const ours = async (definition: Definition, script: Script): Promise<Told> => {
  const { calls, call } = scripted(script);
  const ended = await execute(
    definition,
    { n: 1 },
    {
      invoke: async (name, payload) => {
        try {
          return { payload: call(name, payload as object) };
        } catch (error) {
          return { fault: (error as Error).name };
        }
      },
      sleep: async () => undefined,
      within: (_, work) => work,
    },
  );
  return { status: ended.status, calls, ...("output" in ended && { outcome: ended.output }) };
};

/** The engine that the embedded cloud runs, told not to wait between tries. */
const theirs = async (definition: Definition, script: Script): Promise<Told> => {
  const { calls, call } = scripted(script);
  const machine = new StateMachine(definition as never, { validationOptions: { noValidate: true } });
  const tasks = Object.entries(definition.States).filter(
    ([, state]) => (state as { Type: string }).Type === "Task",
  );
  const handlers = tasks.map(([name]) => [
    name,
    async ({ FunctionName, Payload }: { FunctionName: string; Payload: object }) => ({
      Payload: call(FunctionName, Payload),
    }),
  ]);
  const pauses = tasks.map(([name]) => [name, [0, 0, 0]]);
  const run = machine.run({ n: 1 }, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers),
      retryIntervalOverrides: Object.fromEntries(pauses),
    },
  } as never);
  try {
    return { status: "SUCCEEDED", outcome: await run.result, calls };
  } catch {
    return { status: "FAILED", calls };
  }
};

describe.each(workflows.map((workflow) => [workflow.name, workflow] as const))("%s", (_, workflow) => {
  const definition = render(workflow, (handler) => handler);
  const steps = [...workflow.steps, ...workflow.refused].map(({ handler }) => handler);
  const refusing = workflow.steps[1]?.handler ?? "";
  const scripts: Script[] = steps.flatMap((handler) => [
    { [refusing]: ["refused"], [handler]: ["held"] },
    { [refusing]: ["refused"], [handler]: ["fault", "done"] },
    { [refusing]: ["refused"], [handler]: ["fault", "fault", "done"] },
    { [refusing]: ["refused"], [handler]: ["fault"] },
    { [handler]: ["refused"] },
    { [handler]: ["fault", "held"] },
  ]);

  test("runs as the engine of the embedded cloud runs it, however its steps end", async () => {
    for (const script of [{}, ...scripts])
      expect(await ours(definition, script), JSON.stringify(script)).toEqual(
        await theirs(definition, script),
      );
  });

  test("is given up when its time is over, and a state too", async () => {
    const timedOut: string[] = [];
    const forever = new Promise<never>(() => undefined);
    const ended = await execute(
      definition,
      {},
      {
        invoke: () => forever,
        sleep: async () => undefined,
        // The time of a state is over first.
        within: (milliseconds, work) =>
          milliseconds < workflow.timeoutSeconds * 1_000 ? Promise.resolve(undefined) : work,
        timedOut: (what) => void timedOut.push(what),
      },
    );
    // A state's timeout is no failure of its task: it is not tried again.
    expect(ended).toEqual({ status: "FAILED", error: "States.Timeout" });
    expect(timedOut).toEqual(["state"]);
  });
});

test("a definition with what is not known here is refused", async () => {
  const definition = {
    Comment: "",
    StartAt: "one",
    TimeoutSeconds: 1,
    States: { one: { Type: "Pass", End: true } },
  };
  await expect(
    execute(
      definition,
      {},
      {
        invoke: async () => ({ payload: {} }),
        sleep: async () => undefined,
        within: (_, work) => work,
      },
    ),
  ).rejects.toThrow("one");
});
