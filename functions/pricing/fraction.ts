/**
 * Shares of amounts, computed in integers: a float would round some of them the wrong way. The only rounding in
 * prices is here: to the nearest minor unit, a half goes up.
 */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

/** Decimal text such as `"0.0825"`. */
export const fractionOf = (decimal: string): Fraction => {
  const [whole = "0", decimals = ""] = decimal.split(".");
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
};

/** `amount` × the fraction, half up. Amounts are never negative. */
export const shareOf = (amount: number, { numerator, denominator }: Fraction): number =>
  Number((2n * BigInt(amount) * numerator + denominator) / (2n * denominator));

/**
 * Splits `amount` in proportion to the weights, by largest remainder: the parts sum to it exactly and, as long as
 * `amount` is no more than the weights together, none is more than its weight. `ranks` breaks ties, so that
 * the parts do not depend on the order in which the weights come.
 */
export const allocate = (amount: number, weights: readonly number[], ranks: readonly string[]): number[] => {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  if (whole === 0) return weights.map(() => 0);
  const parts = weights.map((weight, index) => ({
    index,
    weight,
    floor: Number((BigInt(amount) * BigInt(weight)) / BigInt(whole)),
    remainder: (BigInt(amount) * BigInt(weight)) % BigInt(whole),
    rank: ranks[index] ?? "",
  }));
  const left = amount - parts.reduce((sum, part) => sum + part.floor, 0);
  const favored = new Set(
    parts
      .toSorted(byClaim)
      .slice(0, left)
      .map(({ index }) => index),
  );
  return parts.map(({ index, floor }) => floor + (favored.has(index) ? 1 : 0));
};

type Claim = { readonly remainder: bigint; readonly weight: number; readonly rank: string };

const byClaim = (left: Claim, right: Claim): number => {
  if (left.remainder !== right.remainder) return left.remainder > right.remainder ? -1 : 1;
  if (left.weight !== right.weight) return right.weight - left.weight;
  if (left.rank === right.rank) return 0;
  return left.rank < right.rank ? -1 : 1;
};
