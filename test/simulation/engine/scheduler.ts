import type { Random } from "./random.ts";

/** Something that may happen next. It runs to its next call to the outside, and never waits for real. */
export type Task = { readonly what: string; readonly run: () => void };
export type Timer = { readonly at: number; readonly task: Task; canceled: boolean };

/**
 * Virtual time and the one list of what may happen next. Whoever calls the outside waits in it; `step` picks one by
 * chance, lets it happen, and waits until all code has come to rest at its next call. Nothing here knows real time.
 */
export type Scheduler = {
  now(): number;
  /** May happen from now on, in any order with the others. */
  soon(what: string, run: () => void): void;
  /** May happen once that time has come. */
  at(time: number, what: string, run: () => void): Timer;
  after(milliseconds: number, what: string, run: () => void): Timer;
  sleep(milliseconds: number): Promise<void>;
  /** Lets things happen until `done` says so, nothing is left, or the time is up. */
  run(until: { done?: () => boolean; time?: number }): Promise<void>;
  steps(): number;
  /** How many wait: more than a few thousand is a leak or a loop. */
  waiting(): number;
};

export type SchedulerOptions = {
  readonly random: Random;
  readonly start: number;
  readonly trace: (line: string) => void;
  /** In order of arrival and without passing time, so that the n-th call is the same call in every run. */
  readonly inOrder?: boolean;
  /** How to wait until no code runs any more. */
  readonly settle?: () => Promise<void>;
};

export const createScheduler = (options: SchedulerOptions): Scheduler => {
  const { random, inOrder = false, settle = turn } = options;
  const ready: Task[] = [];
  const timers = sortedTimers();
  let now = options.start;
  let steps = 0;

  const wake = () => {
    for (let due = timers.take(now); due; due = timers.take(now)) ready.push(due.task);
  };
  const next = (time: number): Task | undefined => {
    wake();
    if (ready.length === 0) {
      const first = timers.first();
      if (first === undefined || first > time) return undefined;
      now = Math.max(now, first);
      wake();
    }
    return inOrder ? ready.shift() : takeOne(ready, random.below(ready.length));
  };
  const step = async (task: Task) => {
    steps += 1;
    if (!inOrder) now += random.below(8);
    options.trace(`${now} ${task.what}`);
    task.run();
    await settle();
  };
  const scheduler: Scheduler = {
    now: () => now,
    soon: (what, run) => void ready.push({ what, run }),
    at: (time, what, run) => timers.add(time, { what, run }),
    after: (milliseconds, what, run) => timers.add(now + Math.max(0, milliseconds), { what, run }),
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        scheduler.after(milliseconds, "wakes", resolve);
      }),
    run: async ({ done = () => false, time = Number.POSITIVE_INFINITY }) => {
      const more = () => (done() ? undefined : next(time));
      for (let task = more(); task; task = more()) await step(task);
      if (time !== Number.POSITIVE_INFINITY && !done()) now = Math.max(now, time);
    },
    steps: () => steps,
    waiting: () => ready.length + timers.size(),
  };
  return scheduler;
};

/** All promise jobs are done before the event loop comes to this. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const takeOne = (ready: Task[], index: number): Task | undefined => {
  const taken = ready[index];
  const last = ready.pop();
  if (taken && last && taken !== last) ready[index] = last;
  return taken;
};

/** By time, and in order of arrival where times are equal. */
const sortedTimers = () => {
  const timers: Timer[] = [];
  const place = (time: number): number => {
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // Latest first, so that the next one is popped off the end.
      if ((timers[middle] as Timer).at > time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const dropCanceled = () => {
    while (timers.at(-1)?.canceled) timers.pop();
  };
  return {
    add: (time: number, task: Task): Timer => {
      const timer = { at: time, task, canceled: false };
      timers.splice(place(time), 0, timer);
      return timer;
    },
    take: (now: number): Timer | undefined => {
      dropCanceled();
      const last = timers.at(-1);
      return last && last.at <= now ? timers.pop() : undefined;
    },
    first: (): number | undefined => {
      dropCanceled();
      return timers.at(-1)?.at;
    },
    size: () => timers.length,
  };
};
