import { sha256 } from "#functions/runtime/canonical-json.ts";
import { all, any, below, type Condition, differs, missing } from "#functions/runtime/condition.ts";
import { type Counter, counted, counterKey } from "#functions/runtime/counter.ts";
import type { Row, Table } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";

/** What is counted, by an id that its repeat repeats; `limit`: how many there may be, if that is asked here. */
export type Occurrence = { readonly id: string; readonly limit?: number; readonly now: Instant };

/**
 * Counts it, unless it was counted or there are enough, in one write; answers whether there were. Sixteen places in the
 * row keep marks of what came last, so a repeat counts again only where another one took its place meanwhile: a row of
 * all marks would grow with the limit, and a row for each would double the writes.
 */
export const countOnce = async (
  table: Pick<Table, "tally">,
  counter: Counter,
  { id, limit, now }: Occurrence,
): Promise<"counted" | "full"> => {
  const mark = sha256(id).slice(0, 12);
  const place = `seen${mark.slice(0, 1)}`;
  const condition = all(differs(place, mark), ...roomFor(limit));
  const { done, row } = await table.tally(counted(counter, now, { set: { [place]: mark }, condition }));
  return done || row?.[place] === mark ? "counted" : "full";
};

const roomFor = (limit: number | undefined): Condition[] =>
  limit === undefined ? [] : [any(missing("count"), below("count", limit))];

export const isFull = async (
  table: Pick<Table, "get">,
  counter: Counter,
  { limit, now }: { readonly limit: number; readonly now: Instant },
): Promise<boolean> => countIn(await table.get("access", counterKey(counter, now))) >= limit;

const countIn = (row: Row | undefined): number => Number(row?.["count"] ?? 0);
