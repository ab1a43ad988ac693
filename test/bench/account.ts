import type { Level } from "./levels.ts";
import type { Metered } from "./meter.ts";
import { dollarsPerMillion } from "./prices.ts";

/** One service and action: how often an order calls it and what a million orders pay for it. */
export type AccountLine = {
  readonly service: string;
  readonly action: string;
  /** By level, in the order of the levels: many buyers at once share batches of messages. */
  readonly callsPerOrder: readonly number[];
  readonly dollarsPerMillionOrders: readonly number[];
};

export type Account = {
  readonly lines: readonly AccountLine[];
  readonly dollarsPerMillionOrders: readonly number[];
};

export const accountOf = (levels: readonly Level[]): Account => {
  const kinds = new Map(
    levels.flatMap(({ metered }) => metered).map((each) => [`${each.service} ${each.action}`, each]),
  );
  const lines = [...kinds.values()]
    .map((kind) => lineOf(kind, levels))
    .sort((left, right) => compare(left, right));
  const totals = levels.map((_, index) =>
    lines.reduce((sum, line) => sum + (line.dollarsPerMillionOrders[index] ?? 0), 0),
  );
  return { lines, dollarsPerMillionOrders: totals };
};

const lineOf = ({ service, action }: Metered, levels: readonly Level[]): AccountLine => {
  const perOrder = (of: (each: Metered) => number) =>
    levels.map(
      ({ metered, orders }) =>
        metered
          .filter((each) => each.service === service && each.action === action)
          .reduce((sum, each) => sum + of(each), 0) / orders,
    );
  return {
    service,
    action,
    callsPerOrder: perOrder(({ calls }) => calls),
    dollarsPerMillionOrders: perOrder(({ usage }) => dollarsPerMillion(usage)),
  };
};

const compare = (left: AccountLine, right: AccountLine): number =>
  left.service.localeCompare(right.service) || left.action.localeCompare(right.action);
