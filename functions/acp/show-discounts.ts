import type { Message } from "#functions/checkout/message.ts";
import type { AppliedDiscount } from "#functions/pricing/discount.ts";
import type { Quote } from "#functions/pricing/pricing.ts";
import { sessionLine } from "./path.ts";
import type { Discounts } from "./session.ts";

/** The discount extension's part of a session (extension of 2026-01-27 §4). */
export const showDiscounts = (
  codes: readonly string[],
  quote: Quote,
  messages: readonly Message[],
): Discounts => ({
  codes: [...codes],
  applied: quote.discounts.map((discount, index) => applied(discount, quote.currency, index + 1)),
  rejected: quote.rejectedDiscounts.map(({ code, reason, at }) => ({ code, reason, ...why(at, messages) })),
});

/** All our discounts are split over the lines, so they count as item discounts; the lines' parts sum to the amount. */
const applied = (
  discount: AppliedDiscount,
  currency: string,
  priority: number,
): Discounts["applied"][number] => ({
  id: `di_${discount.code}`,
  code: discount.code,
  coupon: {
    id: discount.code,
    name: discount.name,
    ...(discount.percentOff !== undefined && { percent_off: discount.percentOff }),
    ...(discount.amountOff !== undefined && { amount_off: discount.amountOff, currency }),
    duration: "once",
  },
  amount: discount.amount,
  automatic: false,
  method: "across",
  priority,
  allocations: discount.allocations.flatMap((amount, index) =>
    amount === 0 ? [] : [{ path: sessionLine(index), amount }],
  ),
});

/** The words that the session has about the code in that place. */
const why = (place: number, messages: readonly Message[]): { message?: string } => {
  const message = messages.find(({ at: [head, index] }) => head === "discountCodes" && index === place);
  return message ? { message: message.text } : {};
};
