import type { JsonObject } from "#infra/local/aws.ts";

/** An attribute as DynamoDB's JSON has it: `{ "S": "…" }`. */
export type Item = Readonly<Record<string, JsonObject>>;

/** Bytes that DynamoDB bills for an item: names and values, as its developer guide counts them. */
export const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);

const valueSize = (value: JsonObject): number => {
  const [[type = "", held] = []] = Object.entries(value);
  return (sizes[type] ?? unknownType)(held);
};

const unknownType = (held: unknown): number => {
  throw new Error(`no size is known for the attribute value ${JSON.stringify(held)}`);
};

const overhead = 3;

const sizes: Readonly<Record<string, (held: unknown) => number>> = {
  S: (held) => Buffer.byteLength(String(held)),
  B: (held) => Buffer.byteLength(String(held), "base64"),
  N: (held) => Math.ceil(digitsOf(String(held)) / 2) + 1,
  BOOL: () => 1,
  NULL: () => 1,
  L: (held) => overhead + (held as JsonObject[]).reduce((sum, each) => sum + 1 + valueSize(each), 0),
  M: (held) => overhead + Object.keys(held as object).length + sizeOf(held as Item),
};

/** Zeros at either end cost nothing. */
const digitsOf = (text: string): number => text.replace(/[-.]/g, "").replace(/^0+|0+$/g, "").length;
