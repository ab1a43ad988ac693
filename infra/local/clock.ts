/** The time that functions, queues and schedules see: real time plus what tests have added to it. */
export type CloudClock = {
  now(): number;
  /** Moves everybody's clock forward, running workers included. */
  advance(milliseconds: number): void;
  onAdvance(listener: () => void): void;
  /** One float64, shared with workers: how far the clock is ahead. */
  readonly shared: SharedArrayBuffer;
};

export const startClock = (): CloudClock => {
  const shared = new SharedArrayBuffer(8);
  const ahead = new Float64Array(shared);
  const listeners: (() => void)[] = [];
  return {
    shared,
    now: () => Date.now() + (ahead[0] ?? 0),
    advance: (milliseconds) => {
      ahead[0] = (ahead[0] ?? 0) + milliseconds;
      for (const listener of listeners) listener();
    },
    onAdvance: (listener) => listeners.push(listener),
  };
};
