import { CsvError, parse } from "csv-parse/sync";
import { Refusal } from "#functions/values/refusal.ts";

export type CsvRecord = Readonly<Record<string, string>>;

/** RFC 4180, in UTF-8, with a line that names the columns. */
export const parseCsv = (text: string): CsvRecord[] => {
  try {
    return parse(text, { bom: true, columns: true, skip_empty_lines: true, trim: true }) as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Refusal(
      "invalid_request",
      `The request body is not valid CSV: ${error.code}, line ${error["lines"]}.`,
    );
  }
};
