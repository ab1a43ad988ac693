import { stored } from "./stored-row.ts";
import type { Attribute, Page, Query, Row } from "./table.ts";

/** The rows that a query finds among these, as DynamoDB would answer it. */
export const pageOf = (rows: readonly Row[], query: Query): Page => {
  const hash = query.index ?? "pk";
  const range = query.index === undefined ? "sk" : `${query.index}At`;
  const found = rows
    .filter((row) => row[hash] === query.pk && row[range] !== undefined)
    .filter((row) => within(row[range], query))
    .filter((row) => query.after === undefined || isBeyond(row, query.after, query));
  const shown = firstOf(found, query);
  const last = shown.at(-1);
  const key = (row: Row): Row => ({ pk: row.pk, sk: row.sk, [hash]: row[hash], [range]: row[range] });
  return {
    rows: shown.map((row) => (query.index === undefined ? stored(row) : key(row))),
    // As DynamoDB: a full page names a next one without looking whether anything follows.
    ...(last && shown.length === query.limit ? { next: key(last) } : {}),
  };
};

/** A page of many rows is found without sorting them all. */
const firstOf = (rows: readonly Row[], query: Query): Row[] => {
  const order = inOrder(query);
  const limit = query.limit ?? rows.length;
  return chunksOf(rows, Math.max(limit, 1)).reduce<Row[]>((first, chunk) => {
    const last = first.length < limit ? undefined : first.at(-1);
    const sooner = last ? chunk.filter((row) => order(row, last) < 0) : chunk;
    return sooner.length === 0 ? first : first.concat(sooner).sort(order).slice(0, limit);
  }, []);
};

const chunksOf = <Value>(values: readonly Value[], size: number): (readonly Value[])[] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );

/** Whether the query comes to the row after that place. */
export const isBeyond = (row: Sortable, place: Sortable, query: Query): boolean =>
  inOrder(query)(row, place) > 0;

const inOrder = ({ index, descending }: Query) => {
  const order = by(index === undefined ? ["sk"] : [`${index}At`, "pk", "sk"]);
  return (left: Sortable, right: Sortable): number => (descending ? -1 : 1) * order(left, right);
};

const within = (value: Attribute | undefined, { from, to }: Query): boolean =>
  (from === undefined || compare(value, from) >= 0) && (to === undefined || compare(value, to) <= 0);

type Sortable = { readonly [name: string]: Attribute | undefined };
export const by =
  (names: readonly string[]) =>
  (left: Sortable, right: Sortable): number => {
    for (const name of names) {
      const order = compare(left[name], right[name]);
      if (order !== 0) return order;
    }
    return 0;
  };

const compare = (left: Attribute | undefined, right: Attribute | undefined): number => {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
};
