/** The one source of chance in a schedule: the same seed gives the same draws for ever (sfc32). */
export type Random = {
  /** In [0, 1). */
  unit(): number;
  /** A whole number in [0, count). */
  below(count: number): number;
  /** A whole number in [from, to]. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  bytes(count: number): Uint8Array;
};

export const seededRandom = (seed: number): Random => {
  const next = sfc32(seed);
  const unit = () => next() / 2 ** 32;
  const below = (count: number) => Math.floor(unit() * count);
  return {
    unit,
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (probability) => unit() < probability,
    pick: (values) => {
      if (values.length === 0) throw new Error("nothing to pick from");
      return values[below(values.length)] as (typeof values)[number];
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff),
  };
};

/** Chris Doty-Humphrey's small fast counter: 128 bits of state, good enough for any test, three lines of arithmetic. */
const sfc32 = (seed: number): (() => number) => {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) next();
  return next;
};
