import { describe, expect, it } from "vitest";
import {
  AppliedDiscount,
  Discount,
  DiscountCode,
  DiscountRefusal,
  PercentOff,
  RejectedDiscount,
} from "#functions/pricing/discount.ts";

const problemOf = (parsed: { error?: { issues: { message: string }[] } | undefined }) =>
  parsed.error?.issues[0]?.message;

describe("a discount's code", () => {
  it("is stored in upper case", () => {
    expect(["a", "7", "Summer-24_x", `a${"9".repeat(63)}`].map((code) => DiscountCode.parse(code))).toEqual([
      "A",
      "7",
      "SUMMER-24_X",
      `A${"9".repeat(63)}`,
    ]);
  });

  it.each(["", "-a", "_a", "a b", "ä", " a", "a ", "a.b", `a${"9".repeat(64)}`])("is not %j", (code) => {
    expect(problemOf(DiscountCode.safeParse(code))).toBe("must be 1 to 64 of A-Z 0-9 _ -");
  });
});

describe("a percentage", () => {
  it("has at most two decimals", () => {
    expect([0.01, 12.5, 33.33, 100].map((percent) => PercentOff.parse(percent))).toEqual([
      0.01, 12.5, 33.33, 100,
    ]);
    for (const percent of [0.001, 12.345, 99.999])
      expect(problemOf(PercentOff.safeParse(percent))).toBe("must have at most two decimals");
  });

  it.each([0, -1, 100.01])("is not %d", (percent) => {
    expect(PercentOff.safeParse(percent).success).toBe(false);
  });
});

describe("a discount", () => {
  const terms = {
    code: "HALF",
    name: "Half off",
    minimumSubtotal: 1_000,
    startsAt: 1,
    expiresAt: 2,
    usageLimit: 3,
  };
  const percent = { ...terms, kind: "percent" as const, percentOff: 50 };
  const fixed = { ...terms, kind: "fixed" as const, amountOff: 500 };
  const refused = (discount: object) => expect(Discount.safeParse(discount).success).toBe(false);

  it("is kept as it was put, with all its terms or only a code", () => {
    for (const discount of [percent, fixed, { code: "A", kind: "fixed", amountOff: 1 }])
      expect(Discount.parse(discount)).toEqual(discount);
  });

  it("is a percentage or an amount, and nothing that we do not know", () => {
    refused({ ...percent, kind: "free" });
    refused({ ...percent, percentOff: undefined });
    refused({ ...fixed, amountOff: 0 });
    refused({ ...percent, amountOff: 500 });
    refused({ ...fixed, forEver: true });
  });

  it("has a name that can be read, and a limit that can be counted", () => {
    refused({ ...fixed, name: "" });
    refused({ ...fixed, name: "n".repeat(129) });
    refused({ ...fixed, usageLimit: 0 });
    refused({ ...fixed, usageLimit: 1_000_000_001 });
    const most = { ...fixed, name: "n".repeat(128), usageLimit: 1_000_000_000 };
    expect(Discount.parse(most)).toEqual(most);
    const least = { ...fixed, name: "n", usageLimit: 1, amountOff: 1 };
    expect(Discount.parse(least)).toEqual(least);
  });
});

it("a code is refused for one of six reasons, which agents are told", () => {
  expect(DiscountRefusal.options).toEqual([
    "discount_code_expired",
    "discount_code_invalid",
    "discount_code_already_applied",
    "discount_code_combination_disallowed",
    "discount_code_minimum_not_met",
    "discount_code_usage_limit_reached",
  ]);
});

it("what was applied and what was refused is read as it was written", () => {
  const applied = {
    code: "A",
    name: "A",
    percentOff: 5,
    amountOff: 5,
    amount: 5,
    allocations: [5],
    usageLimit: 1,
  };
  expect(AppliedDiscount.parse(applied)).toEqual(applied);
  const rejected = { code: "A", reason: "discount_code_usage_limit_reached", at: 0 };
  expect(RejectedDiscount.parse(rejected)).toEqual(rejected);
});
