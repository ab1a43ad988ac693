import { expect, it } from "vitest";
import { tellOf, threshold, welch } from "./welch.ts";

/** Noise that repeats (mulberry32), with the long tail that a busy machine gives. */
const noise = (seed: number) => {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (shift: number) =>
    Array.from({ length: 10_000 }, () => 30 + shift + 3 * uniform() + (uniform() < 0.01 ? 2_000 : 0));
};

it("is the textbook's t", () => {
  // Welch 1947, by hand: means 3 and 5, variances 2.5 and 2.5, five each.
  expect(welch([1, 2, 3, 4, 5], [3, 4, 5, 6, 7])).toBeCloseTo(-2, 12);
});

it("finds nothing between samples of the same kind", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const draw = noise(seed);
    expect(tellOf(draw(0), draw(0))).toBeLessThan(threshold);
  }
});

it("finds a tenth of a microsecond that rare long pauses hide from the plain t", () => {
  const draw = noise(1);
  const [left, right] = [draw(0), draw(0.1)];
  expect(Math.abs(welch(left, right))).toBeLessThan(threshold);
  expect(tellOf(left, right)).toBeGreaterThan(threshold);
});
