import type { Attribute, Row } from "./table.ts";

/** A row as the table keeps it: a deep copy without `undefined`, holding only what DynamoDB can hold. */
export const stored = (row: Row): Row => {
  for (const name of ["pk", "sk", "due", "list"]) refuseIndexed(row, name, "string");
  for (const name of ["dueAt", "listAt"]) refuseIndexed(row, name, "number");
  return attributes(row) as Row;
};

/** Attributes of an index may be absent (the row is not in it), but never of another type. */
const refuseIndexed = (row: Row, name: string, type: "string" | "number"): void => {
  const value = row[name];
  if (value === undefined) return;
  if (typeof value !== type || value === "") throw new Error(`${name} must be a ${type} that is not empty`);
};

/** Plain loops: rows are copied more often than anything else happens in a simulation. */
const attributes = (row: { readonly [name: string]: Attribute | undefined }) => {
  const kept: { [name: string]: Attribute } = {};
  for (const name in row) {
    const value = row[name];
    if (value !== undefined) kept[name] = attribute(value);
  }
  return kept;
};

const attribute = (value: Attribute): Attribute => {
  if (typeof value === "number") return storable(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  return isList(value) ? value.map(attribute) : attributes(value);
};

const isList = (value: Attribute): value is readonly Attribute[] => Array.isArray(value);

const storable = (value: number): number => {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new Error(`${value} cannot be stored exactly`);
  }
  return value;
};
