import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import type { Scheduler } from "../engine/scheduler.ts";

type Handle = { _onTimeout: (() => void) | null; readonly _destroyed: true };

/**
 * The one library of ours that sets timers is the router of the APIs, which answers just before its function's time
 * is up. In a simulation that is virtual time. Its handle looks like one of Node's that has run out, so that
 * `clearTimeout` marks it and does nothing more.
 */
export const withVirtualTimers = async <Result>(
  scheduler: Scheduler,
  run: () => Promise<Result>,
): Promise<Result> => {
  const real = timers.setTimeout;
  const virtual = (callback: () => void, milliseconds = 0): Handle => {
    const handle: Handle = { _onTimeout: callback, _destroyed: true };
    scheduler.after(milliseconds, "a timer", () => handle._onTimeout?.());
    return handle;
  };
  timers.setTimeout = virtual as unknown as typeof real;
  syncBuiltinESMExports();
  try {
    return await run();
  } finally {
    timers.setTimeout = real;
    syncBuiltinESMExports();
  }
};
