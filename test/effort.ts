const shares: Readonly<Record<string, number>> = { full: 1, half: 1 / 2 };
const share = shares[process.env["EFFORT"] ?? ""];

/** Whether what can be enumerated is enumerated to its end, and not by a sample. */
export const whole = share !== undefined;

/**
 * A heavy suite's count: the full figure under `npm run prove` (half of it with `EFFORT=half`), a hundredth (or another
 * part) of it under `npm test`.
 */
export const effort = (full: number, part = 100): number =>
  Math.max(1, Math.ceil(full * (share ?? 1 / part)));

/** Fixed seeds under `npm test`, fresh ones under `npm run prove`; a failure prints the one it had, `SEED` repeats it. */
export const seed = (fixed: number): number => {
  const given = process.env["SEED"];
  if (given) return Number(given);
  return whole ? Math.floor(Math.random() * 2 ** 31) : fixed;
};
