import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CheckoutToPrice, priceCheckout, Quote } from "#functions/pricing/pricing.ts";
import { effort, seed } from "#test/effort.ts";
import { anyCheckout } from "./arbitrary.ts";

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

const always = (promise: (checkout: CheckoutToPrice, quote: Quote) => void) =>
  fc.assert(
    fc.property(anyCheckout, (checkout) => promise(checkout, priceCheckout(checkout))),
    { numRuns: effort(100_000), seed: seed(20261123) },
  );

describe("whatever is bought, in currencies of 0, 2 and 3 decimals", () => {
  it("amounts are whole, never negative and within what is billed", () => {
    always((_, quote) => {
      expect(Quote.parse(quote)).toEqual(quote);
    });
  });

  it("every line adds up", () => {
    always(({ taxes }, { lines }) => {
      for (const { quantity, unitAmount, totals } of lines) {
        expect(totals.base).toBe(quantity * unitAmount);
        expect(totals.subtotal).toBe(totals.base - totals.discount);
        expect(totals.total).toBe(totals.subtotal + (taxes.inclusive ? 0 : totals.tax));
      }
    });
  });

  it("the totals are the sums of what is shown", () => {
    always(({ taxes }, { lines, options, selectedOptionId, totals }) => {
      const option = options.find(({ id }) => id === selectedOptionId);
      const all = (kind: keyof Quote["lines"][number]["totals"]) =>
        sum(lines.map((line) => line.totals[kind]));
      expect(totals.itemsBase).toBe(all("base"));
      expect(totals.itemsDiscount).toBe(all("discount"));
      expect(totals.subtotal).toBe(totals.itemsBase - totals.itemsDiscount);
      expect(totals.fulfillment).toBe(option?.amount ?? 0);
      expect(totals.tax).toBe(all("tax") + (option?.tax ?? 0));
      expect(totals.total).toBe(totals.subtotal + totals.fulfillment + (taxes.inclusive ? 0 : totals.tax));
      expect(totals.total).toBe(all("total") + (option?.total ?? 0));
    });
  });

  it("a discount's allocations sum to it and no line is discounted below nothing", () => {
    always((_, { discounts, lines }) => {
      for (const { allocations, amount } of discounts) expect(sum(allocations)).toBe(amount);
      for (const [index, { totals }] of lines.entries()) {
        expect(totals.discount).toBe(sum(discounts.map(({ allocations }) => allocations[index] ?? 0)));
        expect(totals.discount).toBeLessThanOrEqual(totals.base);
      }
    });
  });

  it("every code named is either applied or refused with a reason", () => {
    always((checkout, quote) => {
      expect(quote.discounts.length + quote.rejectedDiscounts.length).toBe(checkout.discounts.length);
      for (const { at, code } of quote.rejectedDiscounts) expect(checkout.discounts[at]?.code).toBe(code);
    });
  });

  it("tax never exceeds what is taxed", () => {
    always((_, { lines }) => {
      for (const { totals } of lines) expect(totals.tax).toBeLessThanOrEqual(totals.subtotal);
    });
  });

  it("the order of lines changes no total and no line's share", () => {
    const anyOrder = anyCheckout.chain((checkout) =>
      fc.record({
        checkout: fc.constant(checkout),
        places: fc.shuffledSubarray(
          checkout.lines.map((_, index) => index),
          { minLength: checkout.lines.length },
        ),
      }),
    );
    fc.assert(
      fc.property(anyOrder, ({ checkout, places }) => {
        const lines = places.map((place) => checkout.lines[place]!);
        const [quote, shuffled] = [priceCheckout(checkout), priceCheckout({ ...checkout, lines })];
        expect(shuffled.totals).toEqual(quote.totals);
        expect(shuffled.options).toEqual(quote.options);
        expect(shuffled.discounts.map(({ amount }) => amount)).toEqual(
          quote.discounts.map(({ amount }) => amount),
        );
        expect(sharesOf(shuffled)).toEqual(sharesOf(quote));
      }),
      { numRuns: effort(100_000), seed: seed(20261123) },
    );
  });
});

const sharesOf = (quote: Quote): string[] =>
  quote.lines
    .map(({ productId, totals }) => `${productId} ${JSON.stringify(totals)}`)
    .toSorted((left, right) => (left < right ? -1 : 1));
