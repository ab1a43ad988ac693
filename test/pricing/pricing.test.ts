import { describe, expect, it } from "vitest";
import { type CheckoutToPrice, priceCheckout } from "#functions/pricing/pricing.ts";
import { someSettings } from "#test/store/a-store.ts";

const mug = { productId: "mug", title: "Mug", quantity: 1, unitAmount: 1_999, digital: false };
const ebook = { ...mug, productId: "ebook", digital: true };
const { shippingOptions, taxes } = someSettings();

const price = (change: Partial<CheckoutToPrice> = {}) =>
  priceCheckout({
    currency: "eur",
    lines: [mug],
    discounts: [],
    destination: { country: "DE" },
    shippingOptions,
    taxes,
    now: 0,
    ...change,
  });

const exclusive = (...rates: Partial<CheckoutToPrice["taxes"]["rates"][number]>[]) => ({
  inclusive: false,
  rates: rates.map((rate) => ({
    country: "US",
    rate: "0.1",
    name: "Sales tax",
    shippingTaxed: false,
    ...rate,
  })),
});

describe("tax", () => {
  it("is contained in prices that include it", () => {
    expect(price().totals).toEqual({
      itemsBase: 1_999,
      itemsDiscount: 0,
      subtotal: 1_999,
      fulfillment: 490,
      tax: 319 + 78,
      total: 2_489,
    });
  });

  it("comes on top of prices without it, of shipping only where that is taxed", () => {
    const to = { destination: { country: "US" } };
    expect(price({ ...to, taxes: exclusive({}) }).totals).toMatchObject({
      tax: 200,
      total: 1_999 + 1_990 + 200,
    });
    const all = price({ ...to, taxes: exclusive({ shippingTaxed: true }) }).totals;
    expect(all).toMatchObject({ tax: 200 + 199, total: 1_999 + 1_990 + 399 });
  });

  it("goes by the region before the country, however the region is written", () => {
    const rules = exclusive({ region: "CA", rate: "0.0725" }, { rate: "0" });
    const taxIn = (state: string) =>
      price({ destination: { country: "US", state }, taxes: rules }).totals.tax;
    expect([taxIn("CA"), taxIn("ca"), taxIn("US-CA"), taxIn(" Ca "), taxIn("NY"), taxIn("")]).toEqual([
      145, 145, 145, 145, 0, 0,
    ]);
  });

  it("rounds a half up on each line", () => {
    const lines = [
      { ...mug, unitAmount: 5 },
      { ...mug, productId: "cup", unitAmount: 5 },
    ];
    const quote = price({ lines, destination: { country: "US" }, taxes: exclusive({}) });
    expect(quote.lines.map(({ totals }) => totals.tax)).toEqual([1, 1]);
  });

  it("is computed where floats would go wrong", () => {
    const lines = [{ ...mug, unitAmount: 99_999_999 }];
    const destination = { country: "US" };
    const taxed = (rate: string) => price({ lines, destination, taxes: exclusive({ rate }) }).totals.tax;
    expect(taxed("0.07")).toBe(7_000_000);
    expect(taxed("0.000001")).toBe(100);
    expect(
      price({ lines: [{ ...mug, unitAmount: 50 }], destination, taxes: exclusive({ rate: "0.29" }) }).totals
        .tax,
    ).toBe(15);
  });

  it("is named with its rate and where it holds", () => {
    expect(price()).toMatchObject({ taxName: "VAT", taxRate: "0.19", taxArea: "DE", taxInclusive: true });
    const rules = exclusive({ region: "CA", rate: "0.0725" });
    expect(price({ destination: { country: "US", state: "CA" }, taxes: rules })).toMatchObject({
      taxArea: "US-CA",
      taxInclusive: false,
    });
  });

  it("is none where only other regions and countries have one", () => {
    const rules = exclusive({ region: "CA", rate: "0.0725" }, { country: "DE" });
    const taxIn = (destination: { country: "US"; state?: string }) =>
      price({ destination, taxes: rules }).totals.tax;
    expect([taxIn({ country: "US", state: "NY" }), taxIn({ country: "US" })]).toEqual([0, 0]);
  });

  it("is nothing yet while the destination is unknown", () => {
    expect(price({ destination: undefined })).toMatchObject({ totals: { tax: 0, total: 1_999 } });
    expect(price({ destination: undefined })).not.toHaveProperty("taxName");
  });
});

describe("fulfillment", () => {
  const ids = (change: Partial<CheckoutToPrice>) => price(change).options.map(({ id }) => id);
  const parcel = { id: "a", title: "Parcel", countries: ["DE"], amount: 500 };

  it("is offered by the options that name the country, else by those for everywhere else", () => {
    expect(ids({ destination: { country: "AT" } })).toEqual(["standard"]);
    expect(ids({ destination: { country: "FR" } })).toEqual(["world"]);
    expect(ids({ destination: { country: "FR" }, shippingOptions: [parcel] })).toEqual([]);
    expect(ids({ destination: undefined })).toEqual([]);
  });

  it("is one free download for downloads alone, and shipping as soon as one thing has weight", () => {
    expect(price({ lines: [ebook], destination: undefined })).toMatchObject({
      options: [{ id: "digital", type: "digital", total: 0 }],
      selectedOptionId: "digital",
    });
    expect(ids({ lines: [ebook, mug] })).toEqual(["standard"]);
  });

  it("is free from the threshold on, discounts taken off", () => {
    const lines = [{ ...mug, unitAmount: 2_500, quantity: 2 }];
    expect(price({ lines }).totals.fulfillment).toBe(0);
    const discounts = [{ code: "ONE", kind: "fixed" as const, amountOff: 1 }];
    expect(price({ lines, discounts }).totals.fulfillment).toBe(490);
  });

  it("preselects the cheapest, then the faster, then the first", () => {
    const slow = { ...parcel, id: "slow", deliveryDays: { earliest: 1, latest: 9 } };
    const fast = { ...parcel, id: "fast", deliveryDays: { earliest: 1, latest: 2 } };
    const dear = { ...fast, id: "dear", amount: 501 };
    const selected = (...options: (typeof parcel)[]) => price({ shippingOptions: options }).selectedOptionId;
    expect(selected(dear, slow)).toBe("slow");
    expect(selected(slow, fast)).toBe("fast");
    expect(selected(parcel, { ...parcel, id: "b" })).toBe("a");
  });

  it("preselects one that says how long it takes before one that does not, at the same price", () => {
    const known = { ...parcel, id: "known", deliveryDays: { earliest: 5, latest: 365 } };
    expect(price({ shippingOptions: [parcel, known] }).selectedOptionId).toBe("known");
    expect(price({ shippingOptions: [parcel, known] }).options.map(({ id }) => id)).toEqual(["a", "known"]);
  });

  it("shows of an option what a buyer reads, and not the store's rules for it", () => {
    const deliveryDays = { earliest: 1, latest: 2 };
    const shown = { id: "a", title: "Parcel", description: "To the door", carrier: "DHL", deliveryDays };
    const option = { ...shown, countries: ["DE"], amount: 500, freeFrom: 9_999 };
    expect(price({ shippingOptions: [option] }).options).toEqual([
      { ...shown, type: "shipping", amount: 500, tax: 80, total: 500 },
    ]);
    expect(price({ lines: [ebook] }).options).toEqual([
      { id: "digital", type: "digital", title: "Digital delivery", amount: 0, tax: 0, total: 0 },
    ]);
  });

  it("is not selected where nothing can be delivered", () => {
    const nowhere = price({ shippingOptions: [] });
    expect(nowhere).not.toHaveProperty("selectedOptionId");
    expect(nowhere.totals).toMatchObject({ fulfillment: 0, total: 1_999 });
  });

  it("keeps the option that was chosen while it fits", () => {
    const shippingOptions = [parcel, { ...parcel, id: "express", amount: 1_500 }];
    const chosen = { shippingOptions, selectedOptionId: "express" };
    expect(price(chosen).totals.fulfillment).toBe(1_500);
    expect(price({ ...chosen, selectedOptionId: "world" }).selectedOptionId).toBe("a");
  });
});

describe("limits", () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d pieces", (quantity) => {
    expect(() => price({ lines: [{ ...mug, quantity }] })).toThrow(
      expect.objectContaining({ code: "invalid", param: "$.lines[0].quantity" }),
    );
  });

  it("says what was wrong, for people", () => {
    const textOf = (change: Partial<CheckoutToPrice>) => {
      try {
        return String(price(change).totals.total);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(textOf({ lines: [{ ...mug, quantity: 0 }] })).toBe(
      "The quantity must be a whole number from 1 to 9999.",
    );
    expect(textOf({ lines: [{ ...mug, quantity: 10_000 }] })).toBe(
      "At most 9999 pieces of one product in one checkout.",
    );
    expect(textOf({ lines: [{ ...mug, quantity: 2, unitAmount: 99_999_999_999 }] })).toBe(
      "The checkout amounts to more than we bill in one order.",
    );
  });

  it("refuses more pieces of a product than anybody buys", () => {
    expect(price({ lines: [{ ...mug, quantity: 9_999 }] }).totals.itemsBase).toBe(9_999 * 1_999);
    expect(() => price({ lines: [mug, { ...mug, quantity: 10_000 }] })).toThrow(
      expect.objectContaining({ code: "limit_exceeded", param: "$.lines[1].quantity" }),
    );
  });

  it("refuses amounts that can't be billed, in a line, over the lines, and by tax or shipping", () => {
    const most = { ...mug, unitAmount: 99_999_999_999 };
    const refused = (change: Partial<CheckoutToPrice>) =>
      expect(() => price(change)).toThrow(expect.objectContaining({ code: "limit_exceeded" }));
    refused({ lines: [{ ...most, quantity: 2 }] });
    refused({ lines: [most, mug] });
    refused({ lines: [most], destination: { country: "FR" } });
    refused({ lines: [most], destination: { country: "US" }, taxes: exclusive({}), shippingOptions: [] });
    expect(price({ lines: [most], destination: undefined }).totals.total).toBe(99_999_999_999);
  });
});
