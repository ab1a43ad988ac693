import { sha256 } from "#functions/runtime/canonical-json.ts";
import { all, any, below, type Condition, differs, missing } from "#functions/runtime/condition.ts";
import { type Counter, counted, counterKey } from "#functions/runtime/counter.ts";
import type { Row, Table } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";

/** What is counted, by an id that its repeat repeats; `limit`: how many there may be, if that is asked here. */
export type Occurrence = {
  readonly id: string;
  readonly limit?: number;
  /** What it comes to, and by which sum of those before it there is no room for another. */
  readonly sum?: { readonly amount: number; readonly limit: number | undefined } | undefined;
  readonly now: Instant;
};

/**
 * Counts it, unless it was counted or there are enough, in one write; answers whether there were. Sixteen places in the
 * row keep marks of what came last, so a repeat counts again only where another one took its place meanwhile: a row of
 * all marks would grow with the limit, and a row for each would double the writes.
 */
export const countOnce = async (
  table: Pick<Table, "tally">,
  counter: Counter,
  { id, limit, sum, now }: Occurrence,
): Promise<"counted" | "full" | "dear"> => {
  const mark = sha256(id).slice(0, 12);
  const place = `seen${mark.slice(0, 1)}`;
  const condition = all(differs(place, mark), ...roomFor("count", limit), ...roomFor("amount", sum?.limit));
  const add = sum && { amount: sum.amount };
  const { done, row } = await table.tally(counted(counter, now, { add, set: { [place]: mark }, condition }));
  if (done || row?.[place] === mark) return "counted";
  return limit !== undefined && countIn(row) >= limit ? "full" : "dear";
};

const roomFor = (name: "count" | "amount", limit: number | undefined): Condition[] =>
  limit === undefined ? [] : [any(missing(name), below(name, limit))];

export const isFull = async (
  table: Pick<Table, "get">,
  counter: Counter,
  { limit, now }: { readonly limit: number; readonly now: Instant },
): Promise<boolean> => countIn(await table.get("access", counterKey(counter, now))) >= limit;

const countIn = (row: Row | undefined): number => Number(row?.["count"] ?? 0);
