import { parseArgs } from "node:util";

export type Options = {
  readonly buyers: readonly number[];
  /** Of each number of buyers. */
  readonly orders: number;
  readonly json: boolean;
};

/** The whole bench stays under two minutes on two cores. */
const byDefault = { buyers: "1,8,32", orders: "100" };
const most = { buyers: 256, orders: 10_000 };

export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      buyers: { type: "string", default: byDefault.buyers },
      orders: { type: "string", default: byDefault.orders },
      json: { type: "boolean", default: false },
    },
  });
  return {
    buyers: values.buyers.split(",").map((each) => count("--buyers", each, most.buyers)),
    orders: count("--orders", values.orders, most.orders),
    json: values.json,
  };
};

const count = (flag: string, text: string, limit: number): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= limit) return number;
  throw new Error(`${flag} wants whole numbers from 1 to ${limit}, not "${text}"`);
};
