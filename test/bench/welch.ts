/** Welch's t of two samples: beyond 4.5 either way their means differ by more than chance (dudect's threshold). */
export const welch = (left: readonly number[], right: readonly number[]): number => {
  const [a, b] = [momentsOf(left), momentsOf(right)];
  const error = Math.sqrt(a.variance / left.length + b.variance / right.length);
  return error === 0 ? 0 : (a.mean - b.mean) / error;
};

export const threshold = 4.5;

/** Pauses of the machine hide a small tell in the upper tail, so the tail is cut off at several places, once not at all. */
const cuts = [0.5, 0.75, 0.9, 0.95, 0.99, 1] as const;

/**
 * The largest |t| over all cuts, as dudect takes it (Reparaz, Balasch, Verbauwhede 2017, "Dude, is my code constant
 * time?"): a value is dropped by its place among both samples, so neither is cut more kindly than the other.
 */
export const tellOf = (left: readonly number[], right: readonly number[]): number => {
  const pooled = Float64Array.from([...left, ...right]).sort();
  const at = (cut: number) => pooled[Math.ceil(cut * pooled.length) - 1] ?? 0;
  return Math.max(
    ...cuts.map((cut) => {
      const keep = (values: readonly number[]) => values.filter((value) => value <= at(cut));
      return Math.abs(welch(keep(left), keep(right)));
    }),
  );
};

const momentsOf = (values: readonly number[]): { mean: number; variance: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
};
