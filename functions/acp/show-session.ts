import type { Checkout, Status } from "#functions/checkout/checkout.ts";
import type { Contact } from "#functions/checkout/contents.ts";
import type { CoreAnswer } from "#functions/checkout/core-answer.ts";
import type { Quote } from "#functions/pricing/pricing.ts";
import type { PricedOption } from "#functions/pricing/shipping.ts";
import type { Store } from "#functions/store/store.ts";
import { type Instant, toIso } from "#functions/values/clock.ts";
import { adjustmentMessages } from "./adjustments.ts";
import { capabilitiesOf, discountsActive } from "./capabilities.ts";
import { deliveryWindow, lineId } from "./delivery.ts";
import { showOrder } from "./order-snapshot.ts";
import type { AuthenticationMetadata, CheckoutSession, SessionStatus } from "./session.ts";
import { showDiscounts } from "./show-discounts.ts";
import { showMessages } from "./show-messages.ts";
import { lineTotalsOf, optionTotalsOf, totalsOf } from "./total.ts";
import type { Version } from "./version.ts";

/** ACP's word for each state. An abort is for its caller still a completion whose end is not known. */
export const statuses = {
  open: "not_ready_for_payment",
  ready: "ready_for_payment",
  completing: "complete_in_progress",
  authenticating: "authentication_required",
  aborting: "complete_in_progress",
  completed: "completed",
  canceled: "canceled",
  expired: "expired",
} as const satisfies Record<Status, SessionStatus>;

/** The whole session in the words of that version. */
export const showSession = (
  { opened: { checkout, contact, notes }, order, store }: CoreAnswer,
  version: Version,
): CheckoutSession => ({
  id: checkout.id,
  protocol: { version },
  capabilities: capabilitiesOf(checkout.channel, store, version),
  ...showContact(contact, version),
  status: statuses[checkout.status],
  currency: checkout.quote.currency,
  ...(checkout.channel.locale && { locale: checkout.channel.locale }),
  ...(checkout.channel.timezone && { timezone: checkout.channel.timezone }),
  ...showQuote(checkout.quote, checkout.updatedAt),
  messages: [
    ...showMessages(checkout.messages, version),
    ...(order && version === "2026-01-30" ? adjustmentMessages(order) : []),
  ],
  links: showLinks(store),
  ...showAuthentication(checkout, store, version),
  created_at: toIso(checkout.createdAt),
  updated_at: toIso(checkout.updatedAt),
  expires_at: toIso(checkout.expiresAt),
  ...(discountsActive(checkout.channel) && {
    discounts: showDiscounts(checkout.discountCodes, checkout.quote, checkout.messages),
  }),
  ...(order && { order: showOrder(order, store, version, notes) }),
});

const showContact = ({ buyer, delivery }: Contact, version: Version) => ({
  ...(buyer && {
    buyer: {
      email: buyer.email,
      first_name: buyer.firstName,
      last_name: buyer.lastName,
      full_name: buyer.fullName,
      phone_number: buyer.phone,
    },
  }),
  ...(delivery && {
    fulfillment_details: {
      name: delivery.name,
      phone_number: delivery.phone,
      email: delivery.email,
      ...(delivery.address && { address: showAddress(delivery.address, version) }),
    },
  }),
});

const showAddress = (
  address: NonNullable<NonNullable<Contact["delivery"]>["address"]>,
  version: Version,
): NonNullable<NonNullable<CheckoutSession["fulfillment_details"]>["address"]> => ({
  name: address.name,
  // 2026-01-30 has no room for a company.
  ...(version !== "2026-01-30" && { company: address.company }),
  line_one: address.lineOne,
  line_two: address.lineTwo,
  city: address.city,
  state: address.state,
  country: address.country,
  postal_code: address.postalCode,
});

const showQuote = (quote: Quote, now: Instant) => {
  const selected = quote.options.find(({ id }) => id === quote.selectedOptionId);
  return {
    line_items: quote.lines.map((line) => ({
      id: lineId(line.productId),
      item: { id: line.productId, name: line.title, unit_amount: line.unitAmount },
      quantity: line.quantity,
      name: line.title,
      unit_amount: line.unitAmount,
      product_id: line.productId,
      totals: lineTotalsOf(quote, line),
    })),
    fulfillment_options: quote.options.map((option) => showOption(quote, option, now)),
    // One option serves the whole checkout, so it names every line.
    ...(selected && {
      selected_fulfillment_options: [
        {
          type: selected.type,
          option_id: selected.id,
          item_ids: quote.lines.map(({ productId }) => lineId(productId)),
        },
      ],
    }),
    totals: totalsOf(quote),
  };
};

const showOption = (quote: Quote, option: PricedOption, now: Instant) => {
  const window = deliveryWindow(option, now);
  return {
    type: option.type,
    id: option.id,
    title: option.title,
    description: option.description,
    ...(option.type === "shipping" && {
      carrier: option.carrier,
      earliest_delivery_time: window?.earliest,
      latest_delivery_time: window?.latest,
    }),
    totals: optionTotalsOf(quote, option),
  };
};

const showLinks = ({ policies, support }: Store): CheckoutSession["links"] => [
  { type: "terms_of_use", url: policies.termsOfUse.url },
  { type: "privacy_policy", url: policies.privacyPolicy.url },
  { type: "return_policy", url: policies.returnPolicy.url },
  ...(policies.shippingPolicy ? [{ type: "shipping_policy", url: policies.shippingPolicy.url }] : []),
  ...(support?.helpCenterUrl ? [{ type: "support", url: support.helpCenterUrl }] : []),
];

/** What the agent needs to let the buyer authenticate, while that is what the checkout waits for. */
const showAuthentication = (
  { status, directoryServer }: Checkout,
  { threeDSecure }: Store,
  version: Version,
): { authentication_metadata?: AuthenticationMetadata } => {
  if (status !== "authenticating" || !directoryServer || !threeDSecure || version === "2026-01-30") return {};
  return {
    authentication_metadata: {
      acquirer_details: {
        acquirer_bin: threeDSecure.acquirerBin,
        acquirer_country: threeDSecure.acquirerCountry,
        acquirer_merchant_id: threeDSecure.acquirerMerchantId,
        merchant_name: threeDSecure.merchantName,
      },
      directory_server: directoryServer,
    },
  };
};
