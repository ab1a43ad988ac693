import type { Page, Query, Row, Table, TableName } from "./table.ts";

/** Every row that the query finds, over all its pages. */
export const allRows = async (
  table: Pick<Table, "query">,
  name: TableName,
  query: Omit<Query, "after" | "limit">,
): Promise<Row[]> => {
  const rows: Row[] = [];
  let after: Page["next"];
  do {
    const page: Page = await table.query(name, { ...query, ...(after && { after }) });
    rows.push(...page.rows);
    after = page.next;
  } while (after);
  return rows;
};
