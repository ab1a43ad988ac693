import type { Part } from "#functions/operator/parts.ts";

/** A function's answer to the operator, once it was not refused. */
export type Done = {
  readonly done?: boolean;
  /** Where the next call goes on; absent: there is no more. */
  readonly cursor?: unknown;
  readonly waitSeconds?: number;
  /** What this call alone came to, where the calls add up. */
  readonly part?: Part;
  /** To be written out as they come, a line of JSON each. */
  readonly lines?: readonly object[];
  /** What a look found; then it was no success. */
  readonly problems?: readonly object[];
};

/** One line for whoever waits. */
export const progressOf = (
  { cursor: _, done: __, part: ___, lines: ____, ...more }: Done,
  soFar: Part,
): Part => ({
  ...more,
  ...Object.fromEntries(
    Object.entries(soFar).flatMap(([name, value]) => {
      const count = Array.isArray(value) ? value.length : value;
      return typeof count === "number" ? [[name, count]] : [];
    }),
  ),
});
