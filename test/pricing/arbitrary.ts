import fc from "fast-check";
import type { Discount, DiscountFound } from "#functions/pricing/discount.ts";
import type { CheckoutToPrice } from "#functions/pricing/pricing.ts";
import type { ShippingOption, TaxRate } from "#functions/store/store.ts";

export const now = Date.UTC(2026, 10, 23);

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

/** Small and odd amounts find rounding mistakes, large ones overflows. */
const amount = fc.oneof(fc.nat(7), fc.nat(9_999), fc.nat(500_000));

const line = fc.record({
  productId: fc.constantFrom("mug", "tee", "cap", "pen", "ebook", "sock"),
  title: fc.constant("A product"),
  quantity: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9_999 })),
  unitAmount: amount,
  digital: fc.boolean(),
});

const country = fc.constantFrom("DE", "US", "JP", "KW");

const terms = fc.record({
  code: fc.constantFrom("A", "B", "C", "D"),
  minimumSubtotal: maybe(amount),
  startsAt: maybe(fc.constantFrom(now - 1, now, now + 1)),
  expiresAt: maybe(fc.constantFrom(now - 1, now, now + 1)),
  usageLimit: maybe(fc.integer({ min: 1, max: 9 })),
});

const discount: fc.Arbitrary<Discount> = fc.oneof(
  fc
    .tuple(terms, fc.integer({ min: 1, max: 10_000 }))
    .map(([each, points]) => ({ ...each, kind: "percent" as const, percentOff: points / 100 })),
  fc
    .tuple(terms, amount)
    .map(([each, amountOff]) => ({ ...each, kind: "fixed" as const, amountOff: amountOff + 1 })),
);

const found: fc.Arbitrary<DiscountFound> = fc.oneof(
  { weight: 5, arbitrary: discount },
  { weight: 1, arbitrary: fc.constant({ code: "nope", reason: "discount_code_invalid" as const }) },
);

const rate: fc.Arbitrary<TaxRate> = fc.record({
  country,
  region: maybe(fc.constantFrom("CA", "BY")),
  rate: fc.integer({ min: 0, max: 999_999 }).map((millionths) => `0.${String(millionths).padStart(6, "0")}`),
  name: fc.constant("Tax"),
  shippingTaxed: fc.boolean(),
});

const shipping: fc.Arbitrary<ShippingOption> = fc.record({
  id: fc.constantFrom("standard", "express", "slow"),
  title: fc.constant("Parcel"),
  countries: fc.oneof(fc.constant("*" as const), fc.uniqueArray(country, { minLength: 1, maxLength: 3 })),
  amount,
  freeFrom: maybe(amount),
  description: maybe(fc.constant("To the door")),
  carrier: maybe(fc.constant("DHL")),
  deliveryDays: maybe(
    fc.tuple(fc.nat(9), fc.nat(9)).map(([earliest, more]) => ({ earliest, latest: earliest + more })),
  ),
});

/** Any checkout that a store could be asked to price, in a currency of 0, 2 or 3 decimals. */
export const anyCheckout: fc.Arbitrary<CheckoutToPrice> = fc.record({
  currency: fc.constantFrom("jpy", "eur", "kwd"),
  lines: fc.array(line, { minLength: 1, maxLength: 8 }),
  discounts: fc.array(found, { maxLength: 4 }),
  destination: maybe(fc.record({ country, state: maybe(fc.constantFrom("CA", "us-ca", "BY", "")) })),
  shippingOptions: fc.uniqueArray(shipping, { maxLength: 3, selector: ({ id }) => id }),
  selectedOptionId: maybe(fc.constantFrom("standard", "express", "nowhere")),
  taxes: fc.record({ inclusive: fc.boolean(), rates: fc.array(rate, { maxLength: 5 }) }),
  now: fc.constant(now),
});
