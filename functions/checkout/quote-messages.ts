import type { Offer } from "#functions/catalog/product.ts";
import type { Chargeable } from "#functions/payment/currency.ts";
import type { Quote } from "#functions/pricing/pricing.ts";
import type { Message, MessageCode } from "./message.ts";
import type { Offers, Wanted } from "./quote-checkout.ts";

/** Stock at or below this is worth a hint to hurry. */
const fewLeft = 5;

type Situation = {
  readonly wanted: Wanted;
  readonly offers: Offers;
  readonly quote: Quote;
  /** Whether Stripe takes such an amount (0 needs no payment). */
  readonly chargeable: Chargeable;
  readonly tellsOfAssistants: boolean;
};

/** Everything that the buyer or the agent must know before buying. */
export const adviseOn = (situation: Situation): Message[] => [
  ...situation.wanted.lines.flatMap((_, index) => adviseOnLine(situation, index)),
  ...adviseOnContact(situation),
  ...adviseOnDelivery(situation),
  ...adviseOnDiscounts(situation),
  ...adviseOnAmount(situation),
  ...adviseOnPrivacy(situation),
];

const error = (code: MessageCode, at: Message["at"], text: string): Message => ({
  level: "error",
  code,
  at,
  text,
});
const warning = (code: MessageCode, at: Message["at"], text: string): Message => ({
  level: "warning",
  code,
  at,
  text,
});

/** It stands in nobody's way: what the agent does about it is the agent's to judge. */
const adviseOnPrivacy = ({ tellsOfAssistants }: Situation): Message[] =>
  tellsOfAssistants
    ? []
    : [
        warning(
          "privacy_unconfirmed",
          [],
          "The store has not confirmed that its privacy policy covers purchases through assistants.",
        ),
      ];

const adviseOnLine = ({ wanted, offers }: Situation, index: number): Message[] => {
  const line = wanted.lines[index];
  const offer = line && offers.get(line.productId);
  if (!line || !offer) return [];
  const { product } = offer;
  if (!product.active) return [error("unavailable", ["lines", index], `${product.title} is no longer sold.`)];
  if (line.quantity > (product.maxPerOrder ?? line.quantity))
    return [
      error(
        "quantity_exceeded",
        ["lines", index],
        `At most ${product.maxPerOrder} of ${product.title} in one order.`,
      ),
    ];
  return adviseOnStock(offer, line.quantity, ["lines", index]);
};

const adviseOnStock = ({ product, stock }: Offer, wanted: number, at: Message["at"]): Message[] => {
  if (stock.available === null) return [];
  if (stock.available < wanted)
    return [error("out_of_stock", at, outOfStock(product.title, stock.available, wanted))];
  return stock.available - wanted < fewLeft
    ? [warning("low_stock", at, `Few left of ${product.title}.`)]
    : [];
};

const outOfStock = (title: string, available: number, wanted: number): string =>
  available === 0 ? `${title} is out of stock.` : `${wanted} of ${title} wanted, ${available} left.`;

const adviseOnContact = ({ wanted }: Situation): Message[] =>
  wanted.has.email
    ? []
    : [error("missing_email", ["contact", "buyer", "email"], "The buyer's e-mail address is missing.")];

const adviseOnDelivery = ({ wanted, quote }: Situation): Message[] => {
  const physical = quote.lines.some((line) => !line.digital);
  if (physical && !wanted.has.address)
    return [error("missing_address", ["contact", "delivery", "address"], "The delivery address is missing.")];
  if (quote.options.length === 0)
    return [
      error(
        "undeliverable",
        ["contact", "delivery", "address", "country"],
        "The store does not deliver there.",
      ),
    ];
  return quote.selectedOptionId === undefined
    ? [error("missing_option", ["selectedOptionId"], "A fulfillment option must be selected.")]
    : [];
};

const adviseOnDiscounts = ({ quote }: Situation): Message[] =>
  quote.rejectedDiscounts.map(({ at, reason }) =>
    warning(discountCodes[reason], ["discountCodes", at], discountTexts[discountCodes[reason]]),
  );

const discountCodes = {
  discount_code_expired: "discount_expired",
  discount_code_invalid: "discount_invalid",
  discount_code_already_applied: "discount_already_applied",
  discount_code_combination_disallowed: "discount_combination_disallowed",
  discount_code_minimum_not_met: "discount_minimum_not_met",
  discount_code_usage_limit_reached: "discount_usage_limit_reached",
} as const satisfies Record<Quote["rejectedDiscounts"][number]["reason"], MessageCode>;

const discountTexts = {
  discount_expired: "This discount code has expired.",
  discount_invalid: "This discount code is not known.",
  discount_already_applied: "This discount code is already applied.",
  discount_combination_disallowed: "This discount code can't be combined with the others.",
  discount_minimum_not_met: "The items do not reach this discount code's minimum.",
  discount_usage_limit_reached: "This discount code was used as often as it may be.",
} as const satisfies Record<(typeof discountCodes)[keyof typeof discountCodes], string>;

const adviseOnAmount = ({ chargeable }: Situation): Message[] =>
  chargeable.ok ? [] : [error("below_minimum", ["lines"], amountTexts[chargeable.problem](chargeable))];

const amountTexts = {
  below_minimum: ({ minimum }) => `The smallest amount that can be paid is ${minimum}.`,
  not_a_multiple: ({ step }) => `The total must be a multiple of ${step} to be paid.`,
} as const satisfies Record<string, (limits: { minimum: string; step: string }) => string>;
