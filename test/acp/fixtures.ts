import type { Checkout, Status } from "#functions/checkout/checkout.ts";
import type { Contact } from "#functions/checkout/contents.ts";
import type { CoreAnswer } from "#functions/checkout/core-answer.ts";
import { quoteCheckout, type Wanted } from "#functions/checkout/quote-checkout.ts";
import { type Order, orderNumber } from "#functions/order/order.ts";
import type { DiscountFound } from "#functions/pricing/discount.ts";
import { paragraphVersion } from "#functions/store/privacy-paragraph.ts";
import { Store } from "#functions/store/store.ts";
import { orderIdOf } from "#functions/values/id.ts";

export const now = Date.UTC(2026, 10, 23, 12);

const ids = {
  storeId: "store_00000000000000000000000001",
  principalId: "prn_00000000000000000000000001",
  checkoutId: "chk_00000000000000000000000001",
} as const;

export const aStore = (changes: Partial<Store> = {}): Store =>
  Store.parse({
    id: ids.storeId,
    name: "Test shop",
    currency: "usd",
    orderUrlTemplate: "https://shop.example/orders/{order_id}",
    shippingOptions: [
      {
        id: "standard",
        title: "Standard",
        carrier: "USPS",
        countries: "*",
        amount: 500,
        deliveryDays: { earliest: 3, latest: 5 },
      },
      { id: "express", title: "Express", description: "Next day", countries: ["US"], amount: 1_500 },
      { id: "standard-us", title: "Standard", countries: ["US"], amount: 500, freeFrom: 100_000 },
    ],
    taxes: {
      inclusive: false,
      rates: [{ country: "US", region: "CA", rate: "0.0825", name: "Sales tax", shippingTaxed: false }],
    },
    policies: {
      termsOfUse: { url: "https://shop.example/terms", version: "2026-11-01" },
      privacyPolicy: { url: "https://shop.example/privacy", version: "2026-11-01" },
      returnPolicy: { url: "https://shop.example/returns", version: "2026-11-01" },
      shippingPolicy: { url: "https://shop.example/shipping", version: "2026-11-01" },
    },
    privacyParagraph: paragraphVersion({}),
    support: { email: "help@shop.example", helpCenterUrl: "https://shop.example/help" },
    stripeProfile: "profile_test1234",
    threeDSecure: {
      acquirerBin: "412345",
      acquirerCountry: "US",
      acquirerMerchantId: "merchant-1",
      merchantName: "Test shop",
    },
    livemode: false,
    status: "active",
    verifiedDomains: ["shop.example"],
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...changes,
  });

export const aContact: Contact = {
  buyer: {
    email: "ada@example.com",
    firstName: "Ada",
    lastName: "Lovelace",
    fullName: "Ada Lovelace",
    phone: "15551234567",
  },
  delivery: {
    name: "Ada Lovelace",
    phone: "15551234567",
    email: "ada@example.com",
    address: {
      name: "Ada Lovelace",
      company: "Analytical Engines",
      lineOne: "1 Chat Road",
      lineTwo: "",
      city: "San Francisco",
      state: "CA",
      country: "US",
      postalCode: "94131",
    },
  },
};

const discounts: readonly DiscountFound[] = [
  { kind: "percent", code: "TEN", percentOff: 10 },
  { kind: "fixed", code: "FIVER", name: "Five off", amountOff: 500 },
  { code: "OLD", reason: "discount_code_expired" },
];

type Wish = {
  status?: Status;
  version?: string;
  contact?: Contact;
  lines?: readonly {
    productId: string;
    quantity: number;
    digital?: boolean;
    unitAmount?: number;
    available?: number | null;
  }[];
  discountCodes?: string[];
  extensions?: string[];
  interventions?: string[];
  store?: Store;
  changes?: Partial<Checkout>;
  order?: Partial<Order>;
  notes?: string;
};

type WishedLine = NonNullable<Wish["lines"]>[number];

const offerOf = ({ productId, digital = false, unitAmount = 1_999, available = 100 }: WishedLine) => ({
  product: { id: productId, title: `The ${productId}`, unitAmount, digital, active: true },
  stock: { onHand: available, reserved: 0, available, version: 1, revision: 1 },
});

const discountOf = (code: string): DiscountFound =>
  discounts.find((each) => each.code === code.toUpperCase()) ?? { code, reason: "discount_code_invalid" };

const quoted = (wanted: Wanted, store: Store, lines: readonly WishedLine[]) =>
  quoteCheckout({
    products: { getMany: async () => new Map(lines.map((line) => [line.productId, offerOf(line)])) },
    discounts: { find: async (_, codes) => codes.map(discountOf) },
  })(store, wanted, now);

const wantedBy = ({ contact = aContact, discountCodes = [] }: Wish, lines: readonly WishedLine[]): Wanted => {
  const address = contact.delivery?.address;
  return {
    lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
    destination: address && { country: address.country, state: address.state },
    selectedOptionId: undefined,
    discountCodes,
    has: { email: contact.buyer !== undefined, address: address !== undefined },
  };
};

/** What the core would answer, priced and commented by the real pricing. */
export const aCoreAnswer = async (wish: Wish = {}): Promise<CoreAnswer> => {
  const { store = aStore(), contact = aContact, lines = [{ productId: "shirt", quantity: 2 }] } = wish;
  const wanted = wantedBy(wish, lines);
  const { quote, policiesSha256, storefront, messages, status } = await quoted(wanted, store, lines);
  const checkout: Checkout = {
    ...wanted,
    id: ids.checkoutId,
    storeId: ids.storeId,
    principalId: ids.principalId,
    livemode: false,
    channel: {
      protocol: "acp",
      version: wish.version ?? "2026-04-17",
      extensions: wish.extensions ?? [],
      interventions: wish.interventions ?? [],
    },
    status: wish.status ?? status,
    version: 1,
    epoch: 0,
    leaseUntil: 0,
    attempt: 0,
    quote,
    policiesSha256,
    storefront,
    messages: [...messages],
    sealedContact: new Uint8Array(),
    createdAt: now,
    updatedAt: now,
    expiresAt: now + 1_000,
    ...wish.changes,
  };
  const order = checkout.status === "completed" ? anOrder(checkout, wish.order) : undefined;
  return { replayed: false, opened: { checkout, contact, notes: wish.notes }, order, store };
};

export const anOrder = (checkout: Checkout, changes: Partial<Order> = {}): Order => {
  const id = orderIdOf(checkout.id);
  return {
    id,
    storeId: checkout.storeId,
    principalId: checkout.principalId,
    livemode: false,
    checkoutId: checkout.id,
    channel: checkout.channel,
    number: orderNumber(id),
    permalinkUrl: `https://shop.example/orders/${id}`,
    status: "placed",
    version: 1,
    revision: 1,
    epoch: 1,
    leaseUntil: 0,
    quote: checkout.quote,
    payment: { state: "authorized", amount: checkout.quote.totals.total, attempt: 1 },
    refunds: [],
    disputes: [],
    fulfillments: [],
    sealedContact: new Uint8Array(),
    createdAt: now,
    updatedAt: now,
    ...changes,
  };
};
