import { describe, expect, it } from "vitest";
import { allocate, fractionOf, shareOf } from "#functions/pricing/fraction.ts";

const tenth = { numerator: 1n, denominator: 10n };

describe("a decimal as text", () => {
  it.each([
    ["0.0825", 825n, 10_000n],
    ["0.19", 19n, 100n],
    ["0", 0n, 1n],
    ["1", 1n, 1n],
    ["2.5", 25n, 10n],
  ])("is an exact fraction: %s", (decimal, numerator, denominator) => {
    expect(fractionOf(decimal)).toEqual({ numerator, denominator });
  });
});

describe("a share", () => {
  it("is rounded to the nearest unit, a half up", () => {
    expect([0, 4, 5, 14, 15, 24, 25].map((amount) => shareOf(amount, tenth))).toEqual([0, 0, 1, 1, 2, 2, 3]);
  });

  it("is exact where a float has lost the units", () => {
    expect(shareOf(99_999_999_999, { numerator: 999_999n, denominator: 1_000_000n })).toBe(99_999_899_999);
  });
});

describe("an amount that is split", () => {
  it("is nothing of nothing", () => {
    expect(allocate(0, [0, 0], ["a", "b"])).toEqual([0, 0]);
    expect(allocate(0, [], [])).toEqual([]);
  });

  it("goes by weight, and what is left of it to the largest remainders", () => {
    expect(allocate(10, [5, 0, 7], ["a", "b", "c"])).toEqual([4, 0, 6]);
    expect(allocate(5, [6, 1, 3], ["a", "b", "c"])).toEqual([3, 0, 2]);
    expect(allocate(2, [1, 1, 1], ["a", "b", "c"])).toEqual([1, 1, 0]);
  });

  it("favors of equal remainders the larger weight, then the lower rank, wherever they stand", () => {
    expect(allocate(2, [1, 3], ["a", "b"])).toEqual([0, 2]);
    expect(allocate(2, [3, 1], ["b", "a"])).toEqual([2, 0]);
    expect(allocate(1, [1, 1], ["b", "a"])).toEqual([0, 1]);
    expect(allocate(1, [1, 1], ["a", "b"])).toEqual([1, 0]);
  });

  it("is split the same way whatever the order of what cannot be told apart", () => {
    expect(allocate(1, [1, 1, 1], ["b", "a", "a"])).toEqual([0, 1, 0]);
    expect(allocate(2, [1, 1, 1], ["b", "a", "a"])).toEqual([0, 1, 1]);
    expect(allocate(2, [1, 1, 1], ["a", "b", "a"])).toEqual([1, 0, 1]);
  });

  it("never gives a part more than its weight, up to all of them together", () => {
    expect(allocate(12, [5, 0, 7], ["a", "b", "c"])).toEqual([5, 0, 7]);
  });
});
