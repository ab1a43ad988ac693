import { type CsvRecord, parseCsv } from "#functions/runtime/csv.ts";

/** A file's lines as the changes that they stand for; what is no change is found where all bodies are looked at. */
export const changesIn = (text: string): unknown => ({ changes: parseCsv(text).map(changeIn) });

/** An empty cell says nothing. */
const changeIn = (record: CsvRecord): unknown =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([, cell]) => cell !== "")
      .map(([name, cell]) => [name, name === "productId" ? cell : valueIn(cell)]),
  );

const valueIn = (cell: string): unknown => {
  if (cell === "unlimited") return null;
  return /^[+-]?\d{1,15}$/.test(cell) ? Number(cell) : cell;
};
