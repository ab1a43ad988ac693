/** A mutant that no test can or need kill, and why. */
export type Survivor = {
  readonly file: string;
  /** The source line, trimmed, as it stands. */
  readonly line: string;
  /** What Stryker puts there. */
  readonly becomes: readonly string[];
  readonly why: string;
};

const absent = "Compared with what is absent the rest is false anyway: it is there for the type.";

export const explained: readonly Survivor[] = [
  {
    file: "functions/pricing/discount.ts",
    line: 'else if ("kind" in each) accepted.push(each);',
    becomes: ["true"],
    why: "What has no reason has a kind: the question narrows the type.",
  },
  {
    file: "functions/pricing/discount.ts",
    line: 'if (discount.startsAt !== undefined && now < discount.startsAt) return "discount_code_invalid";',
    becomes: ["true"],
    why: absent,
  },
  {
    file: "functions/pricing/discount.ts",
    line: 'if (discount.expiresAt !== undefined && now >= discount.expiresAt) return "discount_code_expired";',
    becomes: ["true"],
    why: absent,
  },
  {
    file: "functions/pricing/fraction.ts",
    line: 'const [whole = "0", decimals = ""] = decimal.split(".");',
    becomes: ['""'],
    why: "Splitting always gives a first part: the default is there for the type.",
  },
  {
    file: "functions/pricing/fraction.ts",
    line: 'rank: ranks[index] ?? "",',
    becomes: ['"Stryker was here!"'],
    why: "There are as many ranks as weights: the default is there for the type.",
  },
  {
    file: "functions/pricing/fraction.ts",
    line: "if (left.remainder !== right.remainder) return left.remainder > right.remainder ? -1 : 1;",
    becomes: ["left.remainder >= right.remainder"],
    why: "They differ there.",
  },
  {
    file: "functions/pricing/fraction.ts",
    line: "if (left.rank === right.rank) return 0;",
    becomes: ["false"],
    why: "Parts of one remainder, weight and rank cannot be told apart: whichever is favored, the amounts are the same.",
  },
  {
    file: "functions/pricing/fraction.ts",
    line: "return left.rank < right.rank ? -1 : 1;",
    becomes: ["left.rank <= right.rank"],
    why: "They differ there.",
  },
  {
    file: "functions/pricing/pricing.ts",
    line: "bases[index]?.base ?? 0,",
    becomes: ["bases[index].base"],
    why: "There is a base for each line: the question is there for the type.",
  },
  {
    file: "functions/pricing/shipping.ts",
    line: '({ countries }) => countries !== "*" && countries.includes(destination.country),',
    becomes: ["true", '""'],
    why: 'No country is in the text "*": the question narrows the type.',
  },
  {
    file: "functions/pricing/shipping.ts",
    line: "const amount = freeFrom !== undefined && subtotal >= freeFrom ? 0 : option.amount;",
    becomes: ["true"],
    why: absent,
  },
  {
    file: "functions/pricing/tax.ts",
    line: "rates.find((rate) => rate.region !== undefined && regionOf(rate.region, rate.country) === region) ??",
    becomes: ["true"],
    why: "A rate without a region then fits a destination without one: the very rate that is taken next.",
  },
  {
    file: "functions/order/refund.ts",
    line: "refunds.flatMap(({ backBefore = [] }) => backBefore.filter((line) => line.productId === productId));",
    becomes: ['["Stryker was here"]'],
    why: "What is no line is of no product, so it is left out.",
  },
];
