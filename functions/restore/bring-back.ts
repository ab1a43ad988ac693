import { z } from "zod";
import { kindOf } from "#functions/privacy/stored-data.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { type Row, type Table, type TableName, tryCommit } from "#functions/runtime/table.ts";
import type { Progress } from "./progress.ts";
import { rules } from "./row-rules.ts";
import type { Since } from "./rule.ts";

export type BringsBack = { table: Pick<Table, "commit" | "query">; log: Log; since: Since };

/** `lives`: there is a row, or none is to be. `unread`: of a newer release, say; it stays in the copy. */
type Came = "back" | "lives" | "unread";

/** One row of the copy, as its kind comes back; whose time is over does not. */
export const bringBack = async (on: BringsBack, name: TableName, row: Row): Promise<Came> => {
  if (Number(row["expiresAtSeconds"]) * 1_000 <= on.since.now) return "lives";
  try {
    const rule = rules[name][kindOf(name, row)];
    if (!rule) return "unread";
    const writes = await rule(row, on.since);
    return writes.length > 0 && (await tryCommit(on.table, writes)).length === 0 ? "back" : "lives";
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    on.log.error("a row of a copy cannot be read", error);
    return "unread";
  }
};

export const tallied = (
  before: Progress,
  came: readonly Came[],
): Pick<Progress, "looked" | "back" | "unread"> => ({
  looked: before.looked + came.length,
  back: before.back + came.filter((each) => each === "back").length,
  unread: before.unread + came.filter((each) => each === "unread").length,
});
