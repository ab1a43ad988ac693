import type { Scheduler } from "../engine/scheduler.ts";

/** The work's result, or `undefined` when the time is up first. */
export const within = <Value>(
  scheduler: Scheduler,
  milliseconds: number,
  work: Promise<Value>,
): Promise<Value | undefined> =>
  new Promise((resolve, reject) => {
    const timer = scheduler.after(milliseconds, "the time is up", () => resolve(undefined));
    work.then(
      (value) => {
        timer.canceled = true;
        resolve(value);
      },
      (error: unknown) => {
        timer.canceled = true;
        reject(error);
      },
    );
  });
