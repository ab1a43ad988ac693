/** Who moves a row next where nobody else did, and by when. */
export type Timer = {
  /** The handler that a schedule calls. */
  readonly by: string;
  /** So long after it was written, at the latest, it is due. */
  readonly within: number;
  /** Whose row carries the due time: its own, or that of what it belongs to; `schedule`: all are gone through at that rate. */
  readonly due: "own" | "checkout" | "order" | "schedule";
};

/** One entry a state: a state at rest waits for nobody. */
export type Timers<Status extends string> = Readonly<Record<Status, Timer | "rest">>;
