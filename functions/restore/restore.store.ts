import { equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { toIso } from "#functions/values/clock.ts";
import { Progress } from "./progress.ts";

type Place = Pick<Progress, "to" | "part">;

const progressRow = ({ to, part }: Place): Key => ({ pk: `restore#${toIso(to)}`, sk: `progress#${part}` });

export const readProgress = async (table: Pick<Table, "get">, of: Place): Promise<Progress | undefined> => {
  const row = await table.get("access", progressRow(of));
  return row && Progress.parse(row);
};

/** Only after what was read: of two runs at once one goes on, and the other begins its call anew. */
export const savedProgress = (before: Progress | undefined, after: Progress): Write => ({
  table: "access",
  key: progressRow(after),
  change: { put: after },
  condition: before ? equals("version", before.version) : missing(),
});
