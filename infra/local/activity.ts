/** Counts what is under way, so that a test can wait for the end of everything that its request set off. */
export type Activity = {
  during<Result>(run: () => Promise<Result>): Promise<Result>;
  /** Resolves once nothing has been under way for two turns of the event loop and `more` says no. */
  idle(more: () => boolean): Promise<void>;
};

export const countActivity = (): Activity => {
  let running = 0;
  return {
    during: (run) => {
      running += 1;
      return run().finally(() => {
        running -= 1;
      });
    },
    idle: async (more) => {
      for (let quiet = 0; quiet < 2; quiet += 1) {
        await turn();
        if (running > 0 || more()) quiet = -1;
      }
    },
  };
};

/** A worker's answer comes by message, so a few milliseconds are a turn. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
