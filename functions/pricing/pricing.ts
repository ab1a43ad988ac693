import { z } from "zod";
import type { ShippingOption, TaxRate, TaxRules } from "#functions/store/store.ts";
import type { Destination } from "#functions/values/address.ts";
import type { Instant } from "#functions/values/clock.ts";
import { ProductId } from "#functions/values/id.ts";
import { Currency, MinorUnits } from "#functions/values/money.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { AppliedDiscount, applyDiscounts, type DiscountFound, RejectedDiscount } from "./discount.ts";
import { optionsFor, PricedOption, selectOption } from "./shipping.ts";
import { rateFor, taxOn } from "./tax.ts";

/** One kind of amount in a price, named as ACP names it. Discounts are positive here; a façade gives them their sign. */
export const LineTotals = z.object({
  /** Quantity × unit price. */
  base: MinorUnits,
  discount: MinorUnits,
  /** base − discount. */
  subtotal: MinorUnits,
  /** Included in the subtotal when taxes are inclusive, else on top of it. */
  tax: MinorUnits,
  /** What the buyer pays for the line. */
  total: MinorUnits,
});
export type LineTotals = z.infer<typeof LineTotals>;

export const PricedLine = z.object({
  productId: ProductId,
  title: z.string(),
  quantity: z.int().min(1),
  unitAmount: MinorUnits,
  digital: z.boolean(),
  totals: LineTotals,
});
export type PricedLine = z.infer<typeof PricedLine>;

/** What a checkout costs, complete: every amount that a buyer is shown or charged. Pure function of its input. */
export const Quote = z.object({
  currency: Currency,
  lines: z.array(PricedLine),
  /** What fits the destination; empty while it is unknown, and where the store does not deliver. */
  options: z.array(PricedOption),
  /** The cheapest fitting option unless one was chosen; absent while nothing can be delivered. */
  selectedOptionId: z.string().optional(),
  discounts: z.array(AppliedDiscount),
  rejectedDiscounts: z.array(RejectedDiscount),
  taxName: z.string().optional(),
  /** A decimal fraction as text, and where it holds: `DE`, `US-CA`. */
  taxRate: z.string().optional(),
  taxArea: z.string().optional(),
  taxInclusive: z.boolean(),
  totals: z.object({
    itemsBase: MinorUnits,
    itemsDiscount: MinorUnits,
    /** itemsBase − itemsDiscount. */
    subtotal: MinorUnits,
    fulfillment: MinorUnits,
    /** All tax, of items and shipping. */
    tax: MinorUnits,
    /** What is charged: subtotal + fulfillment (+ tax, when it is not included in them). */
    total: MinorUnits,
  }),
});
export type Quote = z.infer<typeof Quote>;

export type LineToPrice = Omit<PricedLine, "totals">;

export type CheckoutToPrice = {
  readonly currency: Currency;
  readonly lines: readonly LineToPrice[];
  readonly discounts: readonly DiscountFound[];
  readonly destination?: Destination | undefined;
  readonly shippingOptions: readonly ShippingOption[];
  readonly selectedOptionId?: string | undefined;
  readonly taxes: TaxRules;
  readonly now: Instant;
};

/**
 * Prices lines by the store's rules (README.md). Lines keep their order, and the order changes no total.
 * Refuses amounts and quantities beyond what we bill (`limit_exceeded`).
 */
export const priceCheckout = (checkout: CheckoutToPrice): Quote => {
  const { currency, taxes, destination, selectedOptionId } = checkout;
  const { inclusive } = taxes;
  const rate = rateFor(taxes, destination);
  const bases = checkout.lines.map((line, index) => ({ base: baseOf(line, index), rank: rankOf(line) }));
  billable(sum(bases.map(({ base }) => base)));
  const { applied, rejected } = applyDiscounts(checkout.discounts, bases, checkout.now);
  const lines = checkout.lines.map((line, index) => ({
    ...line,
    totals: totalsOf(
      bases[index]?.base ?? 0,
      sum(applied.map(({ allocations }) => allocations[index] ?? 0)),
      rate,
      inclusive,
    ),
  }));
  const subtotal = sum(lines.map(({ totals }) => totals.subtotal));
  const options = optionsFor({ ...checkout, destination, subtotal, rate, inclusive });
  const option = selectOption(options, selectedOptionId);
  return {
    currency,
    lines,
    options,
    ...(option ? { selectedOptionId: option.id } : {}),
    discounts: applied,
    rejectedDiscounts: rejected,
    ...(rate ? { taxName: rate.name, taxRate: rate.rate, taxArea: areaOf(rate) } : {}),
    taxInclusive: inclusive,
    totals: checkoutTotals(lines, option),
  };
};

const areaOf = ({ country, region }: TaxRate): string => (region ? `${country}-${region}` : country);

const totalsOf = (
  base: number,
  discount: number,
  rate: TaxRate | undefined,
  inclusive: boolean,
): LineTotals => {
  const subtotal = base - discount;
  const tax = taxOn(subtotal, rate, inclusive);
  return { base, discount, subtotal, tax, total: billable(inclusive ? subtotal : subtotal + tax) };
};

const checkoutTotals = (lines: readonly PricedLine[], option: PricedOption | undefined): Quote["totals"] => {
  const all = (kind: keyof LineTotals) => sum(lines.map(({ totals }) => totals[kind]));
  return {
    itemsBase: all("base"),
    itemsDiscount: all("discount"),
    subtotal: all("subtotal"),
    fulfillment: option?.amount ?? 0,
    tax: all("tax") + (option?.tax ?? 0),
    total: billable(all("total") + (option?.total ?? 0)),
  };
};

const mostPieces = 9_999;

const baseOf = ({ quantity, unitAmount }: LineToPrice, index: number): number => {
  const at = { param: `$.lines[${index}].quantity` };
  if (!Number.isSafeInteger(quantity) || quantity < 1) {
    throw new Refusal("invalid", `The quantity must be a whole number from 1 to ${mostPieces}.`, at);
  }
  if (quantity > mostPieces) {
    throw new Refusal("limit_exceeded", `At most ${mostPieces} pieces of one product in one checkout.`, at);
  }
  return billable(quantity * unitAmount);
};

/** Two lines of one product are told apart by what they cost, never by their place. */
const rankOf = ({ productId, unitAmount, quantity }: LineToPrice): string =>
  `${productId} ${unitAmount} ${quantity}`;

const billable = (amount: number): number => {
  if (MinorUnits.safeParse(amount).success) return amount;
  throw new Refusal("limit_exceeded", "The checkout amounts to more than we bill in one order.");
};

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
