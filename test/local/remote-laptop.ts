import { fork } from "node:child_process";
import { join } from "node:path";
import type { FaultTap } from "#infra/local/fault-tap.ts";
import type { LaptopOptions } from "#infra/local/laptop.ts";

/** What travels between a test and the process that it may kill. */
export type Asked = {
  readonly id: number;
  readonly does: "operate" | "sweep" | "idle" | "advance" | "arm" | "seen";
  readonly command?: object;
  readonly milliseconds?: number;
  readonly tap?: FaultTap;
};
export type Told =
  | { readonly up: Urls }
  /** What was asked or answered, and is documented otherwise. */
  | { readonly complaint: string }
  | { readonly id: number; readonly answer?: unknown; readonly error?: string };
type Urls = { readonly agentApi: string; readonly storeApi: string; readonly stripeUrl: string };

/** A laptop in another process. What is asked of it fails when it dies. */
export type RemoteLaptop = Urls & {
  operate(command: object): Promise<unknown>;
  /** Every schedule, or those that come within so many milliseconds. */
  sweep(within?: number): Promise<void>;
  idle(): Promise<void>;
  advance(milliseconds: number): Promise<void>;
  arm(tap: FaultTap): Promise<void>;
  /** Steps that the tap has seen since it was armed. */
  seen(): Promise<number>;
  kill(): Promise<void>;
  /** Resolves with its end, whoever caused it. */
  readonly ended: Promise<void>;
};

export const startRemoteLaptop = async (
  options: LaptopOptions,
  complain: (complaint: string) => unknown = () => undefined,
): Promise<RemoteLaptop> => {
  const child = fork(join(import.meta.dirname, "laptop-process.ts"), [JSON.stringify(options)], {
    execArgv: [],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const up = Promise.withResolvers<Urls>();
  child.on("message", (told: Told) => {
    if ("up" in told) up.resolve(told.up);
    else if ("complaint" in told) complain(told.complaint);
    else if (told.error === undefined) waiting.get(told.id)?.resolve(told.answer);
    else waiting.get(told.id)?.reject(new Error(told.error));
  });
  child.once("exit", () => {
    const died = new Error("the laptop's process has ended");
    for (const each of [up, ...waiting.values()]) each.reject(died);
  });
  const ask = (asked: Omit<Asked, "id">) => {
    const answered = Promise.withResolvers<unknown>();
    const id = waiting.size;
    waiting.set(id, answered);
    child.send({ ...asked, id }, (error) => error && answered.reject(error));
    return answered.promise;
  };
  const urls = await up.promise;
  return {
    ...urls,
    ended,
    operate: (command) => ask({ does: "operate", command }),
    sweep: async (within) =>
      void (await ask({ does: "sweep", ...(within === undefined ? {} : { milliseconds: within }) })),
    idle: async () => void (await ask({ does: "idle" })),
    advance: async (milliseconds) => void (await ask({ does: "advance", milliseconds })),
    arm: async (tap) => void (await ask({ does: "arm", tap })),
    seen: async () => (await ask({ does: "seen" })) as number,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
};
