import { z } from "zod";
import type { PricedLine, Quote } from "#functions/pricing/pricing.ts";
import type { PricedOption } from "#functions/pricing/shipping.ts";

/** One amount as ACP shows it. Discounts are positive: their `type` says that they are taken off. */
export const Total = z.object({
  type: z.enum([
    "items_base_amount",
    "items_discount",
    "subtotal",
    "fulfillment",
    "tax",
    "total",
    "amount_refunded",
  ]),
  display_text: z.string(),
  amount: z.int(),
  description: z.string().optional(),
  breakdown: z.array(z.object({ jurisdiction: z.string(), rate: z.number(), amount: z.int() })).optional(),
});
export type Total = z.infer<typeof Total>;

/** Of the whole checkout; they add up to `total`, where tax counts only if it is not included in the others. */
export const totalsOf = (quote: Quote): Total[] => [
  { type: "items_base_amount", display_text: "Items", amount: quote.totals.itemsBase },
  ...discount(quote.totals.itemsDiscount),
  { type: "subtotal", display_text: "Subtotal", amount: quote.totals.subtotal },
  ...fulfillment(quote),
  tax(quote, quote.totals.tax),
  { type: "total", display_text: "Total", amount: quote.totals.total },
];

export const lineTotalsOf = (quote: Quote, { totals }: PricedLine): Total[] => [
  { type: "items_base_amount", display_text: "Items", amount: totals.base },
  ...discount(totals.discount),
  { type: "subtotal", display_text: "Subtotal", amount: totals.subtotal },
  tax(quote, totals.tax),
  { type: "total", display_text: "Total", amount: totals.total },
];

export const optionTotalsOf = (quote: Quote, option: PricedOption): Total[] => [
  { type: "fulfillment", display_text: option.title, amount: option.amount },
  tax(quote, option.tax),
  { type: "total", display_text: "Total", amount: option.total },
];

const discount = (amount: number): Total[] =>
  amount === 0 ? [] : [{ type: "items_discount", display_text: "Discount", amount }];

/** Without a selected option there is nothing to say yet, rather than that it is free. */
const fulfillment = (quote: Quote): Total[] => {
  const selected = quote.options.find((option) => option.id === quote.selectedOptionId);
  return selected
    ? [{ type: "fulfillment", display_text: selected.title, amount: quote.totals.fulfillment }]
    : [];
};

const tax = ({ taxName = "Tax", taxInclusive, taxRate, taxArea }: Quote, amount: number): Total => ({
  type: "tax",
  display_text: taxInclusive ? `${taxName} (included)` : taxName,
  amount,
  ...(taxInclusive && { description: "Included in the amounts above." }),
  ...(taxRate && taxArea && { breakdown: [{ jurisdiction: taxArea, rate: Number(taxRate), amount }] }),
});
