import type { Fulfillment } from "#functions/fulfillment/fulfillment.ts";
import type { Dispute } from "#functions/order/dispute.ts";
import type { Order } from "#functions/order/order.ts";
import type { Refund } from "#functions/order/refund.ts";
import { priceCheckout } from "#functions/pricing/pricing.ts";
import { aCoreAnswer, anOrder, aStore, now } from "./fixtures.ts";

/** How big an order is, in each way in which one can be. */
export type Size = {
  readonly lines: number;
  readonly idLength: number;
  readonly title: string;
  readonly quantity: number;
  readonly unitAmount: number;
  readonly inclusive: boolean;
  readonly taxName: string;
  readonly option: string;
  readonly pageLength: number;
  /** Each has a piece of every line. */
  readonly parcels: number;
  /** Of each parcel. */
  readonly events: number;
  readonly trackingUrlLength: number;
  readonly refunds: number;
  /** Of each refund. */
  readonly refundLines: number;
  readonly disputes: number;
};

const usual: Size = {
  lines: 1,
  idLength: 12,
  title: "Stoneware mug, blue, 0.3 l",
  quantity: 2,
  unitAmount: 1_999,
  inclusive: false,
  taxName: "Sales tax",
  option: "Standard",
  pageLength: 60,
  parcels: 0,
  events: 2,
  trackingUrlLength: 60,
  refunds: 0,
  refundLines: 1,
  disputes: 0,
};

/** As long as anything of an order may be. */
export const longest: Partial<Size> = {
  lines: 40,
  idLength: 64,
  title: "界".repeat(256),
  quantity: 9_999,
  unitAmount: 240_000,
  inclusive: true,
  taxName: "税".repeat(64),
  option: "送".repeat(128),
};

export const bigOrder = async (wish: Partial<Size>): Promise<Order> => {
  const size = { ...usual, ...wish };
  const ids = times(size.lines, (number) => `${number}`.padEnd(size.idLength, "x"));
  const { opened } = await aCoreAnswer({ status: "completed" });
  const order = anOrder({ ...opened.checkout, quote: quoteOf(size, ids) });
  return {
    ...order,
    status: "confirmed",
    permalinkUrl: `https://shop.example/orders/${order.id}?`.padEnd(size.pageLength, "0"),
    payment: { ...order.payment, state: "captured" },
    fulfillments: times(size.parcels, (number) => parcel(size, ids, number)),
    refunds: times(size.refunds, (number) => refund(size, ids, number)),
    disputes: times(size.disputes, dispute),
  };
};

const times = <Made>(count: number, make: (number: number) => Made): Made[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));

const quoteOf = (size: Size, ids: readonly string[]): Order["quote"] =>
  priceCheckout({
    currency: "usd",
    lines: ids.map((productId) => ({ ...size, productId, digital: false })),
    discounts: [{ kind: "percent", code: "TEN", percentOff: 10 }],
    destination: { country: "US", state: "CA" },
    shippingOptions: aStore().shippingOptions.map((option) => ({ ...option, title: size.option })),
    taxes: {
      inclusive: size.inclusive,
      rates: [{ country: "US", region: "CA", rate: "0.0825", name: size.taxName, shippingTaxed: true }],
    },
    now,
  });

const moves = ["processing", "shipped", "delivered"] as const;

/** The later ones are further: at the buyer's, on the way, being packed. */
const parcel = (
  { events, trackingUrlLength }: Size,
  ids: readonly string[],
  number: number,
): Fulfillment => ({
  number,
  events: times(events, (event) => ({
    type: moves[Math.min(event - 1, number % 3)] ?? "processing",
    lines: ids.map((productId) => ({ productId, quantity: 1 })),
    at: now + event * 1_000,
    tracking: {
      carrier: "Deutsche Post DHL",
      number: `${number}`.padStart(20, "0"),
      url: "https://dhl.example/track?id=".padEnd(trackingUrlLength, "0"),
    },
  })),
});

const refund = ({ refundLines }: Size, ids: readonly string[], number: number): Refund => ({
  number,
  status: (["succeeded", "pending", "failed", "requested"] as const)[number % 4] ?? "succeeded",
  amount: 99_999_990 + (number % 10),
  lines: ids.slice(0, refundLines).map((productId) => ({ productId, quantity: 1, amount: 100 })),
  shipping: number === 1,
  restock: false,
  reason: "requested_by_customer",
  origin: "store",
  requestedAt: now + number,
  updatedAt: now + number,
});

const dispute = (number: number): Dispute => ({
  id: `du_${number}`,
  status: "lost",
  kind: "chargeback",
  amount: 99_999_999,
  reason: "fraudulent",
  openedAt: now + number,
});
