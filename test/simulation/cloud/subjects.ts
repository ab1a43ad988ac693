import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, vi } from "vitest";
import { eventBusClient } from "#functions/outbox/event-bus.client.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { queueClient } from "#functions/runtime/queue.client.ts";
import { dynamoTable } from "#functions/runtime/table.client.ts";
import { workflowClient } from "#functions/runtime/workflow.client.ts";
import { type Booted, boot } from "#infra/local/boot.ts";
import { type DynamoDb, hasDynamoDb, startDynamoDb } from "#infra/local/dynamodb.ts";
import type { CloudLog } from "#infra/local/log.ts";
import { sharedAssembly } from "#test/journey/share-assembly.ts";
import { deadlyFates } from "../engine/faults.ts";
import { newProcess, type World } from "../engine/process.ts";
import { seededRandom } from "../engine/random.ts";
import { createScheduler } from "../engine/scheduler.ts";
import { type Clients, clientsOf } from "./clients.ts";
import { createCloud } from "./cloud.ts";
import type { Lambda } from "./lambda.ts";
import { countingSealing } from "./sealing.ts";
import type { Services } from "./services.ts";
import type { Invoked } from "./state-machine.ts";

/** What a function does when it is called; a throw is its fault. */
export type Functions = (path: string, event: never) => unknown;

/** One contract for what the simulator fakes and for the embedded cloud behind the clients of production. */
export type Subject = {
  readonly clients: Pick<Clients, "enqueue" | "put" | "workflows" | "table">;
  /** How a queue or a workflow is called where it is reached. */
  address(name: string): string;
  /** Stands for every function from now on. */
  run(functions: Functions): void;
  /** Asks for something and waits for the answer. */
  ask<Answer>(question: () => Promise<Answer>): Promise<Answer>;
  /** Lets so many seconds pass, and all happen that comes of it. */
  pass(seconds: number): Promise<void>;
  /** The same while a function does not come to its end. */
  leap(seconds: number): Promise<void>;
  /** Lets a minute pass, and schedules see it. */
  tick(): Promise<void>;
  /** Takes what lies in the dead letters of a queue, or of all that calls functions (`undelivered`). */
  dead(of: string): unknown[];
};

/** For `describe.each`: starts and stops what the second subject needs in the file that asks. */
export const subjects = (): [string, () => Promise<Subject>][] => {
  if (!hasDynamoDb()) {
    console.warn("skipped on the embedded cloud: no table engine is installed for this platform");
    return [["the simulator", simulated]];
  }
  let functions: Functions;
  let tables: DynamoDb;
  let cloud: Booted;
  beforeAll(async () => {
    // No second is lost between two ticks, so no schedule misses its minute.
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    tables = await startDynamoDb();
    cloud = await boot({
      assembly: await sharedAssembly(),
      root: fileURLToPath(new URL("../../..", import.meta.url)),
      endpoint: tables.endpoint,
      log: silent,
      functions: async (path, event) => functions(path, event as never),
    });
  });
  afterAll(async () => {
    await cloud.stop();
    await tables.stop();
    vi.useRealTimers();
  });
  const embedded = async () => {
    functions = idle;
    for (const queue of cloud.queues) queue.purge();
    return subjectOn(cloud, (given) => {
      functions = given;
    });
  };
  return [
    ["the simulator", simulated],
    ["the embedded cloud", embedded],
  ];
};

const idle: Functions = () => ({ batchItemFailures: [] });

const silent: CloudLog = {
  lines: [],
  write: () => undefined,
  loud: () => undefined,
  close: async () => undefined,
};

const subjectOn = (cloud: Booted, run: Subject["run"]): Subject => {
  const variables: Record<string, string> = Object.assign(
    { AWS_ENDPOINT_URL: cloud.endpoint },
    ...cloud.lambda.functions.map((each) => each.variables()),
  );
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: cloud.operator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cloud.operator.secretAccessKey,
  });
  const on = { environment: environmentOf(variables) } as Platform;
  return {
    clients: {
      enqueue: queueClient(on),
      put: eventBusClient(on),
      workflows: workflowClient(on),
      table: dynamoTable(on.environment),
    },
    address: (name) => {
      const queue = cloud.queues.find((each) => each.name.endsWith(`-${name}`));
      if (queue) return `${cloud.endpoint}/000000000000/${queue.name}`;
      return variables[`${name.toUpperCase()}_WORKFLOW_ARN`] ?? "";
    },
    run,
    ask: (question) => question(),
    pass: async (seconds) => {
      await cloud.idle();
      cloud.advance(seconds * 1_000);
      await cloud.idle();
    },
    leap: async (seconds) => cloud.advance(seconds * 1_000),
    tick: async () => {
      cloud.advance(59_000);
      vi.advanceTimersByTime(1_000);
    },
    dead: (of) => {
      const name = of === "undelivered" ? of : `${of}-dead`;
      return cloud.queues
        .filter((queue) => queue.name.endsWith(name))
        .flatMap((queue) => queue.receive(100))
        .map(({ body }) => JSON.parse(body) as unknown);
    },
  };
};

/** A seed in which the stream speaks and the books are compared. */
const talkative = 5;

/** Everything goes well, in whatever order chance picks. */
const quietWorld = (): World => {
  const random = seededRandom(talkative);
  return {
    random,
    fates: deadlyFates([]),
    counts: new Map(),
    trace: () => undefined,
    scheduler: createScheduler({
      random,
      start: Date.UTC(2026, 10, 23, 12),
      trace: () => undefined,
    }),
  };
};

const simulated = async (): Promise<Subject> => {
  const world = quietWorld();
  const { scheduler } = world;
  let functions = idle;
  let services = (): Services => {
    throw new Error("nobody runs yet");
  };
  const standIn = (_: World, reach: () => Services): Lambda => {
    services = reach;
    return {
      replaceInstances: () => undefined,
      nextRun: () => new Promise(() => undefined),
      invoke: (path, event) =>
        new Promise((answer) => {
          scheduler.soon(
            `calls ${path}`,
            () => void ended(() => functions(path, event as never)).then(answer),
          );
        }),
    };
  };
  const cloud = await createCloud(world, {
    sealing: countingSealing,
    watch: { rowsChanged: () => undefined, stripeChanged: () => undefined },
    functions: standIn,
  });
  const pass = async (seconds: number) => {
    // What a test has let go of since goes on first.
    await new Promise((resolve) => setImmediate(resolve));
    await scheduler.run({ time: scheduler.now() + seconds * 1_000 });
  };
  const clients = clientsOf(world, services(), newProcess(world, "somebody"));
  return {
    clients,
    address: (name) => name,
    run: (given) => {
      functions = given;
    },
    ask: async (question) => {
      let over = false;
      const answer = question().finally(() => {
        over = true;
      });
      answer.catch(() => undefined);
      await scheduler.run({ done: () => over });
      return answer;
    },
    pass,
    leap: pass,
    tick: () => pass(60),
    dead: (of) => cloud.deadLetters.splice(0).flatMap(({ queue, body }) => (queue === of ? [body] : [])),
  };
};

/** As Lambda carries it: text. */
const ended = async (run: () => unknown): Promise<Invoked> => {
  try {
    return { payload: JSON.parse(JSON.stringify((await run()) ?? null)) as unknown };
  } catch (error) {
    return { fault: (error as Error).name };
  }
};
