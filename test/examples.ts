import { randomUUID } from "node:crypto";
import type { Product } from "#functions/catalog/product.ts";
import { type Channel, type Checkout, times } from "#functions/checkout/checkout.ts";
import type { Contents } from "#functions/checkout/contents.ts";
import type { Dispute } from "#functions/order/dispute.ts";
import { type Order, orderNumber } from "#functions/order/order.ts";
import type { Refund } from "#functions/order/refund.ts";
import type { StripeRefund } from "#functions/payment/stripe.ts";
import type { KeyTerms } from "#functions/privacy/envelope.ts";
import type { IdempotencyRequest, RequestFacts } from "#functions/runtime/route.ts";
import { digestsOf } from "#functions/store/policy.ts";
import { paragraphVersion } from "#functions/store/privacy-paragraph.ts";
import type { Store, StoreSettings } from "#functions/store/store.ts";
import { storefrontVersion } from "#functions/store/storefront.ts";
import type { Caller } from "#functions/values/caller.ts";
import { days } from "#functions/values/clock.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";

/** One valid of everything, to be bent by the test that needs it otherwise. */

export const now = Date.UTC(2026, 10, 23, 12);

const suffix = "01jdab3h8w9zq4t6vxk2m5n7pr";
export const storeId = `store_${suffix}` as const;
export const principalId = `prn_${suffix}` as const;

export const aCaller = (given: Partial<Caller> = {}): Caller => ({
  storeId,
  principalId,
  keyId: "k00000000001",
  role: "agent",
  scopes: ["checkouts:read", "checkouts:write", "products:read"],
  livemode: false,
  ...given,
});

export const someSettings = (given: Partial<StoreSettings> = {}): StoreSettings => ({
  name: "Tea & Mugs",
  currency: "eur",
  orderUrlTemplate: "https://tea.example/orders/{order_id}",
  shippingOptions: [
    { id: "standard", title: "Standard", countries: ["DE", "AT"], amount: 490, freeFrom: 10_000 },
    { id: "express", title: "Express", countries: ["DE"], amount: 1_290 },
    { id: "world", title: "Worldwide", countries: "*", amount: 2_490 },
  ],
  taxes: { inclusive: true, rates: [{ country: "DE", rate: "0.19", name: "MwSt", shippingTaxed: true }] },
  policies: {
    termsOfUse: { url: "https://tea.example/terms", version: "2026-11-01" },
    privacyPolicy: { url: "https://tea.example/privacy", version: "2026-11-01" },
    returnPolicy: { url: "https://tea.example/returns", version: "2026-11-01" },
  },
  privacyParagraph: paragraphVersion({}),
  ...given,
});

export const aStore = (given: Partial<Store> = {}): Store => ({
  ...someSettings(),
  id: storeId,
  livemode: false,
  status: "active",
  verifiedDomains: ["tea.example"],
  version: 1,
  createdAt: now,
  updatedAt: now,
  ...given,
});

/** Of a checkout's key: nobody's, and good for as long as any test runs. */
export const someTerms = (given: Partial<KeyTerms> = {}): KeyTerms => ({
  customerId: undefined,
  now,
  until: now + days(730),
  ...given,
});

/** Another key each time: another request. */
export const aRequest = (key: string = randomUUID(), body = "body"): IdempotencyRequest => ({
  scope: principalId,
  key,
  canonical: body,
  raw: body,
});

let requests = 0;
/** Of one request; no two have the same id. */
export const someFacts = (given: Partial<RequestFacts> = {}): RequestFacts => {
  requests += 1;
  return { requestId: `request-${requests}`, headers: {}, idempotency: undefined, deadline: now, ...given };
};

export const aChannel = (given: Partial<Channel> = {}): Channel => ({
  protocol: "acp",
  version: "2026-04-17",
  extensions: [],
  interventions: [],
  ...given,
});

export const aProduct = (given: Partial<Product> = {}): Product => ({
  id: "mug-blue",
  title: "Blue mug",
  unitAmount: 1_900,
  digital: false,
  active: true,
  ...given,
});

export const someContents = (given: Partial<Contents> = {}): Contents => ({
  lines: [{ productId: "mug-blue", quantity: 1 }],
  contact: {
    buyer: { email: "ada@canary.example", firstName: "Ada", lastName: "Canary" },
    delivery: {
      name: "Ada Canary",
      address: {
        name: "Ada Canary",
        lineOne: "Kanarienweg 1",
        city: "Berlin",
        state: "BE",
        country: "DE",
        postalCode: "10115",
      },
    },
  },
  discountCodes: [],
  ...given,
});

export const aCheckout = (given: Partial<Checkout> = {}): Checkout => ({
  id: `chk_${suffix}`,
  storeId,
  principalId,
  livemode: false,
  channel: aChannel(),
  status: "ready",
  version: 1,
  epoch: 0,
  leaseUntil: 0,
  attempt: 0,
  lines: [{ productId: "mug-blue", quantity: 1 }],
  has: { email: true, address: true },
  discountCodes: [],
  quote: {
    currency: "eur",
    lines: [],
    options: [],
    discounts: [],
    rejectedDiscounts: [],
    taxInclusive: true,
    totals: { itemsBase: 1_900, itemsDiscount: 0, subtotal: 1_900, fulfillment: 490, tax: 0, total: 2_390 },
  },
  policiesSha256: digestsOf(someSettings().policies).sha256,
  storefront: storefrontVersion(someSettings()),
  messages: [],
  sealedContact: new Uint8Array([1]),
  createdAt: now,
  updatedAt: now,
  expiresAt: now + times.session,
  ...given,
});

export const anOrder = (given: Partial<Order> = {}): Order => ({
  id: `ord_${suffix}`,
  storeId,
  principalId,
  livemode: false,
  checkoutId: `chk_${suffix}`,
  channel: aChannel(),
  number: orderNumber(`ord_${suffix}`),
  permalinkUrl: `https://tea.example/orders/ord_${suffix}`,
  status: "placed",
  version: 1,
  revision: 1,
  epoch: 0,
  leaseUntil: 0,
  quote: aCheckout().quote,
  payment: { state: "not_required", amount: 0, attempt: 1 },
  refunds: [],
  disputes: [],
  fulfillments: [],
  sealedContact: new Uint8Array([1]),
  createdAt: now,
  updatedAt: now,
  ...given,
});

export const aRefund = (given: Partial<Refund> = {}): Refund => ({
  number: 1,
  status: "succeeded",
  amount: 390,
  lines: [],
  shipping: false,
  restock: false,
  reason: "goodwill",
  origin: "store",
  stripeRefundId: "re_1",
  requestedAt: now,
  updatedAt: now,
  ...given,
});

/** A chargeback of all that `anOrder` came to. */
export const aDispute = (given: Partial<Dispute> = {}): Dispute => ({
  id: "du_1",
  status: "open",
  kind: "chargeback",
  amount: 2_390,
  reason: "fraudulent",
  evidenceDueBy: now + times.session,
  openedAt: now,
  ...given,
});

/** As Stripe shows it. */
export const aStripeRefund = (given: Partial<StripeRefund> = {}): StripeRefund => ({
  id: "re_1",
  status: "succeeded",
  amount: 500,
  currency: "eur",
  paymentIntentId: "pi_1",
  metadata: {},
  created: now,
  ...given,
});

export const anEndpoint = (given: Partial<Endpoint> = {}): Endpoint => ({
  id: `we_${suffix}`,
  storeId,
  livemode: false,
  kind: "standard",
  url: "https://erp.example/hooks",
  events: ["*"],
  status: "enabled",
  verifiedAt: 0,
  secrets: [{ number: 1, publicKey: "whpk_", sealed: new Uint8Array([1]), createdAt: 0 }],
  rolls: 0,
  tests: 0,
  changes: 0,
  listensSince: 0,
  createdAt: 0,
  ...given,
});

/** Where an agent's platform is said to listen; nobody has shown it yet. */
export const agentsEndpoint = (given: Partial<Endpoint> = {}): Endpoint =>
  anEndpoint({ kind: "acp", url: "https://agent.example.com/orders", verifiedAt: undefined, ...given });
