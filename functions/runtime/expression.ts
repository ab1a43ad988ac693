import { type Condition, conditionsOf } from "./condition.ts";
import type { Attribute, Query, Update } from "./table.ts";

/**
 * Conditions and changes in DynamoDB's expression language. Names are always aliased: any of them may be one of
 * its 573 reserved words.
 */
export type Words = {
  readonly names: Record<string, string>;
  readonly values: Record<string, Attribute>;
  name(name: string): string;
  value(value: Attribute): string;
};

/** Collects the aliases of one request; its expressions share them. */
export const words = (): Words => {
  const names: Record<string, string> = {};
  const values: Record<string, Attribute> = {};
  const aliases = new Map<string, string>();
  return {
    names,
    values,
    name: (name) => {
      const alias = aliases.get(name) ?? `#n${aliases.size}`;
      aliases.set(name, alias);
      names[alias] = name;
      return alias;
    },
    value: (value) => {
      const alias = `:v${Object.keys(values).length}`;
      values[alias] = value;
      return alias;
    },
  };
};

export const conditionText = (condition: Condition, on: Words): string => {
  switch (condition[0]) {
    case "and":
    case "or":
      return conditionsOf(condition)
        .map((each) => `(${conditionText(each, on)})`)
        .join(` ${condition[0].toUpperCase()} `);
    case "exists":
      return `attribute_exists(${on.name(condition[1])})`;
    case "missing":
      return `attribute_not_exists(${on.name(condition[1])})`;
    case "in":
      return `${on.name(condition[1])} IN (${condition[2].map(on.value).join(", ")})`;
    default:
      return `${on.name(condition[1])} ${condition[0]} ${on.value(condition[2])}`;
  }
};

export const updateText = ({ set = {}, add = {}, left = {} }: Update, on: Words): string => {
  const kept = Object.entries(set).filter((entry): entry is [string, Attribute] => entry[1] !== undefined);
  const removed = Object.keys(set).filter((name) => set[name] === undefined);
  return [
    clause("SET", [
      ...kept.map(([name, value]) => `${on.name(name)} = ${on.value(value)}`),
      ...Object.entries(left).map(([name, difference]) => `${on.name(name)} = ${leftText(difference, on)}`),
    ]),
    clause("REMOVE", removed.map(on.name)),
    clause(
      "ADD",
      Object.entries(add).map(([name, amount]) => `${on.name(name)} ${on.value(amount)}`),
    ),
  ]
    .filter((text) => text !== "")
    .join(" ");
};

type Difference = NonNullable<Update["left"]>[string];

const leftText = ({ of, without }: Difference, on: Words): string =>
  `${on.value(of)} - if_not_exists(${on.name(without)}, ${on.value(0)})`;

const clause = (verb: string, parts: readonly string[]): string =>
  parts.length === 0 ? "" : `${verb} ${parts.join(", ")}`;

export const rangeText = ({ pk, index, from, to }: Query, on: Words): string => {
  const hash = `${on.name(index ?? "pk")} = ${on.value(pk)}`;
  const range = index === undefined ? "sk" : `${index}At`;
  if (from !== undefined && to !== undefined) {
    return `${hash} AND ${on.name(range)} BETWEEN ${on.value(from)} AND ${on.value(to)}`;
  }
  if (from !== undefined) return `${hash} AND ${on.name(range)} >= ${on.value(from)}`;
  return to === undefined ? hash : `${hash} AND ${on.name(range)} <= ${on.value(to)}`;
};
