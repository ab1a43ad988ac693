import type { Attribute, Key, Row, Write } from "#functions/runtime/table.ts";
import { stored } from "./memory-row.ts";

/** The row after the write; `undefined`: there is none. */
export const changed = (row: Row | undefined, { key, change }: Write): Row | undefined => {
  if ("check" in change) return row;
  if ("remove" in change) return undefined;
  if ("put" in change) return stored({ ...change.put, ...key });
  const { set = {}, add = {} } = change;
  refuseOverlap(Object.keys(set), Object.keys(add));
  return stored({ ...(row ?? key), ...set, ...sums(row ?? key, add) });
};

const refuseOverlap = (set: readonly string[], add: readonly string[]): void => {
  const names = [...set, ...add];
  if (names.length === 0) throw new Error("an update changes at least one attribute");
  if (names.some((name) => name === "pk" || name === "sk")) throw new Error("a key cannot be changed");
  if (new Set(names).size < names.length) throw new Error("an attribute is either set or added to");
};

const sums = (row: Key & { readonly [name: string]: Attribute | undefined }, add: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(add).map(([name, amount]) => {
      const before = row[name] ?? 0;
      if (typeof before !== "number") throw new Error(`${name} is no number, so nothing can be added to it`);
      return [name, before + amount];
    }),
  );
