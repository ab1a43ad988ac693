import { isDeepStrictEqual } from "node:util";
import type { Attribute, Change, Row, Write } from "./table.ts";

/** Whether a row tells who wrote it last. What an `add` or a `left` makes depends on what was there. */
export const isRecognizable = (change: Change): boolean =>
  "put" in change || "remove" in change || ("set" in change && !("add" in change) && !("left" in change));

/** Whether the row (`undefined`: there is none) is just what this recognizable write leaves behind. */
export const isLeftBy = ({ change, key }: Write, row: Row | undefined): boolean => {
  if ("remove" in change) return row === undefined;
  if (row === undefined) return false;
  if ("put" in change) return isDeepStrictEqual(stored(row), stored({ ...change.put, ...key }));
  const { set = {} } = "set" in change ? change : {};
  const written = Object.fromEntries(Object.keys(set).map((name) => [name, row[name]]));
  return isDeepStrictEqual(stored(written), stored(set));
};

type Attributes = { readonly [name: string]: Attribute | undefined };

/** As the table keeps it: `undefined` is left out, and bytes are bytes whatever their class was. */
const stored = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, attributeOf(value)]],
    ),
  );

const attributeOf = (value: Attribute): Attribute => {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  return isList(value) ? value.map(attributeOf) : (stored(value as Attributes) as Attribute);
};

const isList = (value: Attribute): value is readonly Attribute[] => Array.isArray(value);
