import type { PutOnBus } from "#functions/outbox/other-bus.ts";
import type { PutEvents } from "#functions/outbox/publish-events.ts";
import type { Dial, DialFailure, DialResult } from "#functions/runtime/outbound.ts";
import type { ReadTxt, TxtAnswer } from "#functions/runtime/outbound-dns.ts";
import type { Enqueue } from "#functions/runtime/queue.client.ts";
import type { RunEnd, StartWorkflow } from "#functions/runtime/workflow.client.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Process, reach, type World } from "../engine/process.ts";
import type { Services } from "./services.ts";
import { serving } from "./serving.ts";
import { within } from "./within.ts";

export const putThrough =
  (world: World, services: Services, process: Process): PutEvents =>
  (events) => {
    const refused = () => {
      const first = world.random.below(2);
      const taken = events.filter((_, index) => index % 2 === first);
      if (taken.length > 0) services.put(taken);
      return new Set(events.filter((event) => !taken.includes(event)).map(({ id }) => id));
    };
    return reach<ReadonlySet<string>>(world, process, {
      port: "bus",
      about: events.map(({ id }) => id).join(" "),
      perform: () => {
        services.put(events);
        return new Set();
      },
      unanswered: noAnswer("the bus"),
      special: { "half-taken": refused },
    });
  };

/** It answers what went wrong, as the client does, which catches all. */
export const putOnBusThrough =
  (world: World, services: Services, process: Process): PutOnBus =>
  (busArn, event) => {
    const isOver = services.spoken(busArn, process);
    const served = serving.getStore();
    return reach<string | undefined>(world, process, {
      port: "bus",
      about: `${event.type} to ${busArn}`,
      perform: () => serving.run(served, () => services.putOnBus(busArn, event)),
      unanswered: () => "TimeoutError",
      special: { "half-taken": () => "ThrottlingException" },
    }).finally(isOver);
  };

export const enqueueThrough =
  (world: World, services: Services, process: Process): Enqueue =>
  (queueUrl, messages) =>
    messages.length === 0
      ? Promise.resolve()
      : reach<void>(world, process, {
          port: "queue",
          about: `${queueUrl} ${messages.map(({ body }) => JSON.stringify(body)).join(" ")}`,
          perform: () => services.send(queueUrl, messages),
          unanswered: noAnswer("the queue"),
          special: {
            "half-taken": () => {
              services.send(queueUrl, messages.slice(0, Math.floor(messages.length / 2)));
              throw new Error("the queue did not take every message");
            },
          },
        });

export const workflowsThrough = (world: World, services: Services, process: Process): StartWorkflow => {
  /** The run that was started; `undefined` when the start itself was not answered. */
  const start = (workflow: string, input: unknown) => {
    const sent = JSON.parse(JSON.stringify(input)) as unknown;
    return reach<{ ended: ReturnType<Services["startRun"]> } | undefined>(world, process, {
      port: "start",
      about: `${workflow} ${JSON.stringify({ ...(sent as object), request: undefined })}`,
      perform: () => ({ ended: services.startRun(workflow, sent) }),
      unanswered: () => undefined,
      special: {
        busy: () => {
          throw new Refusal("temporarily_unavailable", "Too busy right now.", { retryAfterSeconds: 1 });
        },
        // Express starts at least once.
        twice: () => {
          void services.startRun(workflow, sent);
          return { ended: services.startRun(workflow, sent) };
        },
      },
    });
  };
  return {
    start: async (workflow, input) => {
      if (!(await start(workflow, input))) throw new Error("the start was not answered");
    },
    run: async (workflow, input, timeoutMs): Promise<RunEnd> => {
      const run = await start(workflow, input);
      const ended = run && (await within(world.scheduler, Math.max(1, timeoutMs), run.ended));
      if (!ended) return { run: "unanswered" };
      return ended.status === "SUCCEEDED" ? { run: "succeeded", output: ended.output } : { run: "failed" };
    },
  };
};

export const dialThrough =
  (world: World, services: Services, process: Process): Dial =>
  (request) => {
    const isOver = services.spoken(request.url, process);
    const served = serving.getStore();
    return reach<DialResult>(world, process, {
      port: "dial",
      about: `${request.method} ${request.url}`,
      perform: () => serving.run(served, () => services.dial(request)),
      unanswered: () => failed("timeout"),
      special: {
        "server-error": () => answered(500),
        redirects: () => answered(302),
        hangs: () => failed("timeout"),
        refuses: () => failed("connection"),
      },
    }).finally(isOver);
  };

/** Two resolvers that say the same, but where one fails, lies, or both do. */
export const readTxtThrough =
  (world: World, services: Services, process: Process): ReadTxt =>
  (name) => {
    const truth = () => ({ records: services.records(name) });
    return reach<readonly TxtAnswer[]>(world, process, {
      port: "dial",
      about: `TXT ${name}`,
      perform: () => [truth(), truth()],
      unanswered: () => ["unknown", "unknown"],
      special: {
        "server-error": () => ["unknown", truth()],
        redirects: () => [truth(), { records: ["token=another"] }],
        hangs: () => ["unknown", "unknown"],
        refuses: () => [{ records: [] }, { records: [] }],
      },
    });
  };

export const answered = (status: number): DialResult => ({
  answered: true,
  status,
  headers: {},
  body: new Uint8Array(),
});

const failed = (reason: DialFailure): DialResult => ({ answered: false, reason });

const noAnswer = (who: string) => (): never => {
  throw new Error(`${who} did not answer`);
};
