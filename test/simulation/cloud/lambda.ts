import type { LambdaHandler } from "#functions/runtime/lambda.ts";
import { newProcess, type Process, type World } from "../engine/process.ts";
import { clientsOf } from "./clients.ts";
import { functions } from "./deployment.ts";
import type { Services } from "./services.ts";
import { servedIn, serving } from "./serving.ts";
import type { Invoked } from "./state-machine.ts";

type Instance = { readonly process: Process; readonly handler: LambdaHandler };

export type Lambda = {
  /** Runs a function once, warm or cold, to its end, its death or its time limit. */
  invoke(name: string, event: unknown): Promise<Invoked>;
  /** As a deployment does: no instance that rests now is used again. */
  replaceInstances(): void;
  /** Resolves when this function is run next. */
  nextRun(name: string): Promise<void>;
};

export const createLambda = (world: World, services: () => Services): Lambda => {
  const resting = new Map<string, Instance[]>();
  const awaited = new Map<string, () => void>();
  let made = 0;
  const instanceOf = (name: string): Instance => {
    const warm = resting.get(name)?.pop();
    if (warm) return warm;
    made += 1;
    const process = newProcess(world, `${name}·${made}`);
    const deployed = functions[name];
    if (!deployed) throw new Error(`there is no function ${name}`);
    return { process, handler: deployed.wire(clientsOf(world, services(), process)) };
  };
  const rest = (name: string, instance: Instance): void => {
    if (!instance.process.alive) return;
    const idle = resting.get(name) ?? [];
    idle.push(instance);
    resting.set(name, idle);
  };
  return {
    replaceInstances: () => resting.clear(),
    nextRun: (name) => new Promise((resolve) => awaited.set(name, resolve)),
    invoke: (name, event) =>
      new Promise((answer) => {
        world.scheduler.soon(`invokes ${name}`, () => {
          if (world.fates.happens("instances replaced")) resting.clear();
          awaited.get(name)?.();
          run(world, name, instanceOf(name), event, (invoked, instance) => {
            if (instance) rest(name, instance);
            answer(invoked);
          });
        });
      }),
  };
};

type Finish = (invoked: Invoked, reusable?: Instance) => void;

const run = (world: World, name: string, instance: Instance, event: unknown, answer: Finish): void => {
  const { scheduler } = world;
  const { process, handler } = instance;
  const limit = (functions[name]?.timeoutSeconds ?? 0) * 1_000;
  const deadline = scheduler.now() + limit;
  let over = false;
  const finish: Finish = (invoked, reusable) => {
    if (over) return;
    over = true;
    timer.canceled = true;
    answer(invoked, reusable);
  };
  const timer = scheduler.at(deadline, `${process.name} has no time left`, () => {
    // AWS freezes what runs too long, and what it had under way may still go on when it is thawed.
    const goesOn = world.fates.happens("function timed out: goes on");
    if (!goesOn) process.alive = false;
    if (!goesOn && !world.fates.isCalm) world.counts.set(killed, (world.counts.get(killed) ?? 0) + 1);
    finish({ fault: "Sandbox.Timedout" });
  });
  process.died = () =>
    scheduler.soon(`${process.name} is found dead`, () => finish({ fault: "Runtime.ExitError" }));
  const context = {
    awsRequestId: `request-${scheduler.steps()}`,
    getRemainingTimeInMillis: () => Math.max(0, deadline - scheduler.now()),
  };
  Promise.resolve()
    .then(() => serving.run(servedIn(event, scheduler.now()), () => handler(event, context)))
    .then(
      (payload) =>
        finish({ payload: payload === undefined ? null : JSON.parse(JSON.stringify(payload)) }, instance),
      (error: unknown) =>
        finish({ fault: error instanceof Error ? error.message || error.name : "Error" }, instance),
    );
};

const killed = "function timed out: killed";
