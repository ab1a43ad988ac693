import { due, ends, ids, listed, request, type StoredRecord, under, words } from "./stored-record.ts";

const totals = words("base discount subtotal tax total");

const quote = under(
  "quote",
  "currency selectedOptionId taxName taxRate taxArea taxInclusive",
  ...under("lines", "productId title quantity unitAmount digital", ...under("totals", ...totals)),
  ...under(
    "options",
    "id type title description carrier amount tax total",
    "deliveryDays.earliest deliveryDays.latest",
  ),
  ...under("discounts", "code name percentOff amountOff amount allocations usageLimit"),
  ...under("rejectedDiscounts", "code reason at"),
  ...under("totals", "itemsBase itemsDiscount subtotal fulfillment tax total"),
);
const policies = words("termsOfUse privacyPolicy returnPolicy shippingPolicy");
const channel = under("channel", "protocol version extensions interventions");

const checkout: StoredRecord = {
  kept: "session",
  sealed: {
    sealedContact: "contact",
    sealedNotes: "notes",
    sealedAttribution: "attribution",
    sealedIntent: "attribution",
  },
  clear: {
    "destination.country": "destination",
    "destination.state": "destination",
    "channel.locale": "locale",
    "channel.timezone": "timezone",
  },
  plain: [
    ...listed,
    ...words(
      "id status version epoch leaseUntil attempt completingSince abortTo abortReason selectedOptionId",
    ),
    ...words("policiesSha256 storefront"),
    ...words("discountCodes directoryServer orderId keptUntil expiresAt has.email has.address"),
    ...words("lines.productId lines.quantity messages.level messages.code messages.at messages.text"),
    ...[...ids, ...channel, ...quote, ...due, ...ends],
    ...under("completion", ...request),
    ...under("consent", "at version keyId terms.sha256", ...under("terms.policies", ...policies)),
  ],
};

const order: StoredRecord = {
  kept: "books",
  sealed: { sealedContact: "contact", sealedNotes: "notes" },
  clear: {
    "payment.paymentIntentId": "payment reference",
    "fulfillments.events.tracking.number": "parcel reference",
    "fulfillments.events.tracking.url": "parcel reference",
  },
  plain: [
    ...words(
      "id checkoutId number permalinkUrl status version revision epoch leaseUntil watchedAt confirmedAt",
    ),
    ...words(
      "cancelReason canceledAt shop.shownTo shop.acceptedAt shop.untoldSince shop.retryAt erasedAt keptUntil terms.sha256 terms.at",
    ),
    ...under("terms.policies", ...policies),
    ...[...ids, ...channel, ...quote, ...due, ...listed, ...ends],
    ...under("payment", "state amount attempt captureBefore"),
    ...under(
      "refunds",
      "number status amount shipping restock reason origin stripeRefundId failureCode requestedAt",
    ),
    ...under("refunds", "updatedAt lines.productId lines.quantity lines.amount"),
    ...under("refunds", "backBefore.productId backBefore.quantity", ...under("request", ...request)),
    ...under("fulfillments", "number events.type events.at events.lines.productId events.lines.quantity"),
    ...under("fulfillments", "events.tracking.carrier"),
    ...under("disputes", "id status kind amount reason evidenceDueBy openedAt closedAt"),
  ],
};

const prefixed = <Value>(
  prefix: string,
  fields: Readonly<Record<string, Value>> = {},
): Record<string, Value> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${prefix}.${name}`, value]));

/** Of the table `commerce`, by kind of row. */
export const storedCommerce = {
  checkout,
  order,
  payment: {
    kept: "books",
    sealed: { sealedToken: "payment_token", sealedAuthentication: "payment_token" },
    clear: { paymentIntentId: "payment reference", chargeId: "payment reference" },
    plain: [
      ...words(
        "storeId checkoutId attempt livemode stripeAccount stripeKey amount currency tokenKind canAuthenticate",
      ),
      ...words("epoch orderEpoch status requestedAt updatedAt captureBefore declineCode"),
      ...[...under("returned", "amount pending refundId"), ...ends],
      ...under("searched", "from page.to page.after"),
    ],
  },
  /** `answer` of a checkout is the checkout as it was; all others are views without a person. */
  idempotency: {
    kept: "answer",
    sealed: prefixed("answer.checkout", checkout.sealed),
    clear: prefixed("answer.checkout", checkout.clear),
    plain: [
      ...words("scope canonical raw expiresAt state leaseUntil status apiVersion answer answer.*"),
      ...ends,
    ],
  },
  product: {
    kept: "shop",
    plain: words("id title description unitAmount imageUrl digital active maxPerOrder"),
  },
  discount: {
    kept: "shop",
    plain: words("code name kind percentOff amountOff minimumSubtotal startsAt expiresAt usageLimit"),
  },
  stock: { kept: "shop", plain: words("available reserved unlimited version onHandVersion depletion") },
  usage: { kept: "shop", plain: ["used"] },
  currency: { kept: "shop", plain: ["currency"] },
  "stripe-event": {
    kept: "answer",
    plain: [...words("id type objectId account livemode created receivedAt tries"), ...due, ...ends],
  },
  /** That a license key was seen in a wrong place; gone within a minute. */
  "exposed-key": { kept: "answer", plain: [...words("keyId fingerprint seenAt"), ...due] },
  /** What an agent's feed was told last of a product. */
  pushed: { kept: "told", plain: [...words("digest state at of"), ...ends] },
  reconciliation: { kept: "shop", plain: words("epoch leaseUntil reached unread cursor.*") },
  divergence: {
    kept: "shop",
    plain: [...words("divergence.kind divergence.ids.* firstSeen lastSeen looks subject.*"), ...listed],
  },
} as const satisfies Record<string, StoredRecord>;
