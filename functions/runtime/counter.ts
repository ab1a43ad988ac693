import type { Instant } from "#functions/values/clock.ts";
import type { Condition } from "./condition.ts";
import type { Environment } from "./environment.ts";
import type { Attribute, Key, Tally } from "./table.ts";

/**
 * Counts what happens within one window of time. The window is part of the row's key: the next one begins at nothing by
 * itself, and a row whose window is over is read by nobody, however late the table deletes it.
 */
export type Counter = { readonly of: string; readonly counts: string; readonly within: number };

export type Window = { readonly number: number; readonly endsAt: Instant };

/** Windows lie end to end from the epoch on, the same for everybody: so 24 of an hour are a day. */
export const windowAt = (within: number, now: Instant): Window => {
  const number = Math.floor(now / within);
  return { number, endsAt: (number + 1) * within };
};

export const counterKey = ({ of, counts, within }: Counter, now: Instant): Key => ({
  pk: of,
  sk: `counter#${counts}#${windowAt(within, now).number}`,
});

type More = {
  readonly add?: Readonly<Record<string, number>> | undefined;
  readonly set?: Readonly<Record<string, Attribute>>;
  readonly condition?: Condition;
};

/** One more. */
export const counted = (counter: Counter, now: Instant, { add, set, condition }: More = {}): Tally => ({
  table: "access",
  key: counterKey(counter, now),
  change: {
    add: { count: 1, ...add },
    set: { ...set, expiresAtSeconds: Math.ceil(windowAt(counter.within, now).endsAt / 1_000) },
  },
  ...(condition && { condition }),
});

/** Whole seconds until then, for who shall come again: never too early, and never "now". */
export const secondsUntil = (moment: Instant, now: Instant): number =>
  Math.max(1, Math.ceil((moment - now) / 1_000));

/** By how much all limits of a stage are wider than they are written; no deployed stage but a laptop says so. */
export const limitFactorOf = (environment: Environment): number =>
  Number(environment.find("LIMIT_FACTOR") ?? 1);
