import { describe, expect, it } from "vitest";
import { applyDiscounts, type DiscountFound } from "#functions/pricing/discount.ts";

const now = Date.UTC(2026, 10, 23);
const lines = [
  { base: 1_000, rank: "a" },
  { base: 1_000, rank: "b" },
  { base: 1_000, rank: "c" },
];
const apply = (...found: DiscountFound[]) => applyDiscounts(found, lines, now);
const amounts = (...found: DiscountFound[]) =>
  apply(...found).applied.map(({ code, amount }) => [code, amount]);
const reasons = (...found: DiscountFound[]) =>
  apply(...found).rejected.map(({ at, reason }) => [at, reason.slice("discount_code_".length)]);

const half = { code: "HALF", kind: "percent", percentOff: 50 } as const;
const tenOff = { code: "TEN", kind: "fixed", amountOff: 1_000 } as const;

describe("discounts", () => {
  it("take the percent first, then the fixed amount, whichever was named first", () => {
    expect(amounts(half, tenOff)).toEqual([
      ["HALF", 1_500],
      ["TEN", 1_000],
    ]);
    expect(amounts(tenOff, half)).toEqual(amounts(half, tenOff));
  });

  it("never take more than is left", () => {
    expect(amounts({ ...tenOff, amountOff: 99_999 })).toEqual([["TEN", 3_000]]);
    expect(amounts({ ...half, percentOff: 100 }, tenOff)).toEqual([
      ["HALF", 3_000],
      ["TEN", 0],
    ]);
  });

  it("round a half up, once, on the sum", () => {
    const [odd] = applyDiscounts([half], [{ base: 1, rank: "a" }], now).applied;
    expect(odd?.amount).toBe(1);
    const [eighth] = applyDiscounts([{ ...half, percentOff: 33.33 }], lines, now).applied;
    expect(eighth?.amount).toBe(1_000);
  });

  it("spread over the lines by largest remainder, ties by product", () => {
    const [spread] = applyDiscounts([{ ...tenOff, amountOff: 100 }], lines, now).applied;
    expect(spread?.allocations).toEqual([34, 33, 33]);
    const [turned] = applyDiscounts([{ ...tenOff, amountOff: 100 }], lines.toReversed(), now).applied;
    expect(turned?.allocations).toEqual([33, 33, 34]);
    const [uneven] = applyDiscounts(
      [{ ...tenOff, amountOff: 10 }],
      [
        { base: 5, rank: "a" },
        { base: 0, rank: "b" },
        { base: 7, rank: "c" },
      ],
      now,
    ).applied;
    expect(uneven?.allocations).toEqual([4, 0, 6]);
  });

  it("of one kind do not add up: the first named counts", () => {
    const other = { ...half, code: "OTHER", percentOff: 10 };
    expect(amounts(half, other)).toEqual([["HALF", 1_500]]);
    expect(reasons(half, other)).toEqual([[1, "combination_disallowed"]]);
  });

  it("are applied once however often they are named", () => {
    expect(reasons(half, half, tenOff, half)).toEqual([
      [1, "already_applied"],
      [3, "already_applied"],
    ]);
  });

  it.each([
    ["before they start, as if they did not exist", { startsAt: now + 1 }, "invalid"],
    ["once they have expired", { expiresAt: now }, "expired"],
    ["below their minimum", { minimumSubtotal: 3_001 }, "minimum_not_met"],
  ])("are refused %s", (_, terms, reason) => {
    expect(reasons({ ...half, ...terms })).toEqual([[0, reason]]);
  });

  it("count from their start to just before their end, from their minimum on", () => {
    const terms = { startsAt: now, expiresAt: now + 1, minimumSubtotal: 3_000 };
    expect(amounts({ ...half, ...terms })).toEqual([["HALF", 1_500]]);
  });

  it("that can't be used stand in nobody's way", () => {
    const expired = { ...half, code: "OLD", expiresAt: now };
    expect(amounts(expired, half)).toEqual([["HALF", 1_500]]);
    expect(reasons({ code: "nope", reason: "discount_code_usage_limit_reached" }, half)).toEqual([
      [0, "usage_limit_reached"],
    ]);
  });

  it("are shown by their name, or by their code where they have none", () => {
    expect(apply({ ...half, name: "Half off" }, tenOff).applied).toEqual([
      { code: "HALF", name: "Half off", percentOff: 50, amount: 1_500, allocations: [500, 500, 500] },
      { code: "TEN", name: "TEN", amountOff: 1_000, amount: 1_000, allocations: [334, 333, 333] },
    ]);
  });

  it("carry their limit, so that whoever takes a use knows that it counts", () => {
    expect(apply({ ...half, usageLimit: 3 }).applied[0]?.usageLimit).toBe(3);
    expect(apply(half).applied[0]).not.toHaveProperty("usageLimit");
  });
});
