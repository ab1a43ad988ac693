import { isDeepStrictEqual } from "node:util";
import type { Attribute, Row } from "./table.ts";

/**
 * What must hold of the stored row, as data: `table.client.ts` makes DynamoDB expressions of it, the memory
 * table asks `holds`. As in DynamoDB, a missing attribute is unequal to everything and otherwise compares as false.
 */
export type Condition =
  | readonly ["exists", string]
  | readonly ["missing", string]
  | readonly ["=" | "<>" | "<" | "<=" | ">", string, Attribute]
  | readonly ["in", string, readonly Attribute[]]
  | readonly ["and" | "or", ...Condition[]];

export const exists = (name = "pk"): Condition => ["exists", name];
export const missing = (name = "pk"): Condition => ["missing", name];
export const equals = (name: string, value: Attribute): Condition => ["=", name, value];
export const differs = (name: string, value: Attribute): Condition => ["<>", name, value];
export const below = (name: string, value: Attribute): Condition => ["<", name, value];
export const atMost = (name: string, value: Attribute): Condition => ["<=", name, value];
export const above = (name: string, value: Attribute): Condition => [">", name, value];
export const oneOf = (name: string, values: readonly Attribute[]): Condition => ["in", name, some(values)];
export const all = (...conditions: Condition[]): Condition => ["and", ...some(conditions)];
export const any = (...conditions: Condition[]): Condition => ["or", ...some(conditions)];

/** DynamoDB refuses empty lists, and what an empty one means is a guess. */
const some = <Part>(parts: readonly Part[]): readonly Part[] => {
  if (parts.length === 0) throw new Error("a condition has at least one part");
  return parts;
};

const compare = {
  "<": (left: Comparable, right: Comparable) => left < right,
  "<=": (left: Comparable, right: Comparable) => left <= right,
  ">": (left: Comparable, right: Comparable) => left > right,
} as const;
type Comparable = string | number;

/** Whether the condition holds of the row (`undefined`: there is none). */
export const holds = (condition: Condition, row: Row | undefined): boolean => {
  switch (condition[0]) {
    case "and":
      return conditionsOf(condition).every((each) => holds(each, row));
    case "or":
      return conditionsOf(condition).some((each) => holds(each, row));
    case "exists":
      return row?.[condition[1]] !== undefined;
    case "missing":
      return row?.[condition[1]] === undefined;
    case "in":
      return condition[2].some((value) => isDeepStrictEqual(value, row?.[condition[1]]));
    case "=":
      return isDeepStrictEqual(row?.[condition[1]], condition[2]);
    case "<>":
      return !isDeepStrictEqual(row?.[condition[1]], condition[2]);
    default:
      return ordered(condition[0], row?.[condition[1]], condition[2]);
  }
};

export const conditionsOf = (condition: readonly ["and" | "or", ...Condition[]]): Condition[] =>
  condition.slice(1) as Condition[];

const ordered = (operator: keyof typeof compare, left: Attribute | undefined, right: Attribute): boolean =>
  typeof left === typeof right && (typeof left === "string" || typeof left === "number")
    ? compare[operator](left, right as Comparable)
    : false;
