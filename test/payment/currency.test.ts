import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  chargeable,
  fromStripeAmount,
  refundStepOf,
  ruleOf,
  toStripeAmount,
  toStripeRefund,
} from "#functions/payment/currency.ts";
import { exponentOf } from "#functions/values/money.ts";

/** Major units → our minor units. */
const minor = (major: number, currency: string) => Math.round(major * 10 ** exponentOf(currency));

describe("toStripeAmount", () => {
  test.each([
    ["usd", 19.99, 1_999],
    ["jpy", 500, 500],
    ["ugx", 5_000, 500_000],
    ["isk", 500, 50_000],
    ["kwd", 5.12, 5_120],
    ["krw", 1_000, 1_000],
    ["mga", 900, 900],
  ])("counts %s as Stripe does", (currency, major, expected) => {
    expect(toStripeAmount(minor(major, currency), currency)).toBe(expected);
  });

  test("throws for what Stripe cannot take", () => {
    expect(() => toStripeAmount(49, "usd")).toThrow("cannot be charged");
    expect(() => toStripeAmount(5_124, "kwd")).toThrow("cannot be charged");
  });
});

describe("toStripeRefund", () => {
  test.each([
    ["usd", 1, 1],
    ["jpy", 1, 1],
    ["isk", 1, 100],
    ["ugx", 3, 300],
    ["kwd", 330, 330],
    ["mga", 300, 3],
  ])("counts %s as Stripe does, and knows no minimum", (currency, amount, expected) => {
    expect(toStripeRefund(amount, currency)).toBe(expected);
    expect(fromStripeAmount(expected, currency)).toBe(amount);
  });

  test.each([
    ["kwd", 335],
    ["mga", 250],
    ["usd", 0],
  ])("throws for what Stripe cannot give back of %s", (currency, amount) => {
    expect(() => toStripeRefund(amount, currency)).toThrow("cannot be refunded");
  });

  test("takes exactly the multiples of the step", () => {
    const currencies = fc.constantFrom("usd", "jpy", "kwd", "isk", "ugx", "mga", "bhd", "clp");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), currencies, (steps, currency) => {
        const amount = steps * refundStepOf(currency);
        const inStripeUnits = toStripeRefund(amount, currency);
        expect(inStripeUnits % ruleOf(currency).step).toBe(0);
        expect(fromStripeAmount(inStripeUnits, currency)).toBe(amount);
      }),
    );
  });
});

describe("chargeable", () => {
  test.each([
    ["usd", 0.5],
    ["gbp", 0.3],
    ["jpy", 50],
    ["huf", 175],
    ["mxn", 10],
    ["czk", 15],
  ])("takes the documented minimum of %s and nothing below", (currency, major) => {
    const smallest = minor(major, currency);
    expect(chargeable(smallest, currency)).toEqual({ ok: true });
    expect(chargeable(smallest - 1, currency)).toMatchObject({ ok: false, problem: "below_minimum" });
  });

  test("says the smallest amount for people", () => {
    expect(chargeable(1, "usd")).toMatchObject({ minimum: "0.50 USD" });
    expect(chargeable(1, "kwd")).toMatchObject({ minimum: "0.010 KWD" });
  });

  test("wants three-decimal amounts to end in 0", () => {
    expect(chargeable(5_124, "kwd")).toMatchObject({
      ok: false,
      problem: "not_a_multiple",
      step: "0.010 KWD",
    });
    expect(chargeable(5_120, "kwd")).toEqual({ ok: true });
  });

  test("needs nothing for a free checkout", () => {
    expect(chargeable(0, "usd")).toEqual({ ok: true });
  });

  test("agrees with toStripeAmount for every amount and currency", () => {
    const currencies = fc.constantFrom("usd", "jpy", "kwd", "isk", "ugx", "mga", "eur", "zar", "bhd", "clp");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), currencies, (amount, currency) => {
        const { step, minimum } = ruleOf(currency);
        if (!chargeable(amount, currency).ok) return;
        const inStripeUnits = toStripeAmount(amount, currency);
        expect(Number.isInteger(inStripeUnits)).toBe(true);
        expect(inStripeUnits % step).toBe(0);
        expect(inStripeUnits).toBeGreaterThanOrEqual(minimum);
      }),
    );
  });
});
