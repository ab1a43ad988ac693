import { z } from "zod";
import { ProductId } from "#functions/values/id.ts";
import { Currency, MinorUnits } from "#functions/values/money.ts";

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

export const PricedOption = z.object({
  id: z.string(),
  type: z.enum(["shipping", "digital"]),
  title: z.string(),
  description: z.string().optional(),
  carrier: z.string().optional(),
  deliveryDays: z.object({ earliest: z.int(), latest: z.int() }).optional(),
  /** As shown: with the tax where taxes are inclusive. */
  amount: MinorUnits,
  tax: MinorUnits,
  total: MinorUnits,
});
export type PricedOption = z.infer<typeof PricedOption>;

export const DiscountRefusal = z.enum([
  "discount_code_expired",
  "discount_code_invalid",
  "discount_code_already_applied",
  "discount_code_combination_disallowed",
  "discount_code_minimum_not_met",
  "discount_code_usage_limit_reached",
]);
export type DiscountRefusal = z.infer<typeof DiscountRefusal>;

export const AppliedDiscount = z.object({
  code: z.string(),
  name: z.string(),
  percentOff: z.number().optional(),
  amountOff: MinorUnits.optional(),
  amount: MinorUnits,
  /** What each line, by its place in `lines`, gets of it; sums to `amount`. */
  allocations: z.array(MinorUnits),
});
export type AppliedDiscount = z.infer<typeof AppliedDiscount>;

/** What a checkout costs, complete: every amount that a buyer is shown or charged. Pure function of its input. */
export const Quote = z.object({
  currency: Currency,
  lines: z.array(PricedLine),
  options: z.array(PricedOption),
  /** The cheapest fitting option unless one was chosen; absent while nothing can be delivered. */
  selectedOptionId: z.string().optional(),
  discounts: z.array(AppliedDiscount),
  rejectedDiscounts: z.array(z.object({ code: z.string(), reason: DiscountRefusal })),
  taxName: z.string().optional(),
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
