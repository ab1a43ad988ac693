import type { Clock } from "#functions/values/clock.ts";
import type { Row, Table } from "./table.ts";

/**
 * A row is not there once its time is over, for any reader: DynamoDB deletes it within two days of `expiresAtSeconds`
 * only. Who writes under the same key again says in its condition what becomes of the row that still lies there.
 */
export const unexpired = <Engine extends Table>(table: Engine, now: Clock): Engine => {
  const isThere = (row: Row): boolean => !(Number(row["expiresAtSeconds"]) * 1_000 <= now());
  return {
    ...table,
    get: async (name, key) => {
      const row = await table.get(name, key);
      return row && isThere(row) ? row : undefined;
    },
    query: async (name, query) => {
      const page = await table.query(name, query);
      return { ...page, rows: page.rows.filter(isThere) };
    },
  };
};
