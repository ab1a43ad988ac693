export type Spread = { readonly p50: number; readonly p95: number; readonly p99: number };

/** By nearest rank: each is a value that was measured. */
export const quantiles = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
};

export const median = (values: readonly number[]): number => quantiles(values).p50;
