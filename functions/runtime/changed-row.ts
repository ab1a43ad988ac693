import { stored } from "./stored-row.ts";
import type { Attribute, Key, Row, Update, Write } from "./table.ts";

/** The row after the write; `undefined`: there is none. */
export const changed = (row: Row | undefined, { key, change }: Write): Row | undefined => {
  if ("check" in change) return row;
  if ("remove" in change) return undefined;
  if ("put" in change) return stored({ ...change.put, ...key });
  const { set = {}, add = {}, left = {} } = change;
  refuseOverlap([set, add, left].flatMap((each) => Object.keys(each)));
  const before = row ?? key;
  return stored({ ...before, ...set, ...sums(before, add), ...differences(before, left) });
};

const refuseOverlap = (names: readonly string[]): void => {
  if (names.length === 0) throw new Error("an update changes at least one attribute");
  if (names.some((name) => name === "pk" || name === "sk")) throw new Error("a key cannot be changed");
  if (new Set(names).size < names.length) throw new Error("an attribute is changed in one way");
};

type Before = Key & { readonly [name: string]: Attribute | undefined };

const sums = (row: Before, add: NonNullable<Update["add"]>) =>
  Object.fromEntries(Object.entries(add).map(([name, amount]) => [name, numberIn(row, name) + amount]));

const differences = (row: Before, left: NonNullable<Update["left"]>) =>
  Object.fromEntries(
    Object.entries(left).map(([name, { of, without }]) => [name, of - numberIn(row, without)]),
  );

const numberIn = (row: Before, name: string): number => {
  const value = row[name] ?? 0;
  if (typeof value !== "number") throw new Error(`${name} is no number to reckon with`);
  return value;
};
