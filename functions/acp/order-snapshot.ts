import { goesBack, type Order, type Status } from "#functions/order/order.ts";
import { returnedPieces } from "#functions/order/refund.ts";
import type { PricedLine } from "#functions/pricing/pricing.ts";
import type { Store } from "#functions/store/store.ts";
import { adjustmentsOf, amountRefundedOf } from "./adjustments.ts";
import { deliveryWindow, lineId } from "./delivery.ts";
import type { AcpOrder } from "./order.ts";
import { lineTotalsOf, totalsOf } from "./total.ts";
import type { Version } from "./version.ts";

/** 2026-01-30 has no word for a canceled order inside a session: a message says it (`adjustmentMessages`). */
const statuses = {
  placed: { "2026-04-17": "created", "2026-01-30": "processing" },
  confirmed: { "2026-04-17": "confirmed", "2026-01-30": "confirmed" },
  canceling: { "2026-04-17": "canceled", "2026-01-30": undefined },
  canceled: { "2026-04-17": "canceled", "2026-01-30": undefined },
} as const satisfies Record<Status, Record<Version, string | undefined>>;

/** The order, whole. `notes` are the buyer's own words: given in the agent's session, never in a webhook. */
export const showOrder = (order: Order, store: Store, version: Version, notes?: string): AcpOrder => {
  const status = statuses[order.status][version];
  const delivery = estimatedDelivery(order);
  return {
    id: order.id,
    checkout_session_id: order.checkoutId,
    order_number: order.number,
    permalink_url: order.permalinkUrl,
    ...(status && { status }),
    ...(delivery && { estimated_delivery: delivery }),
    confirmation: {
      confirmation_number: order.number,
      receipt_url: order.permalinkUrl,
      ...(notes !== undefined && version !== "2026-01-30" && { order_notes: notes }),
    },
    ...showSupport(store),
    ...(version !== "2026-01-30" && richParts(order)),
  };
};

const showSupport = ({ support }: Store): Pick<AcpOrder, "support"> =>
  support
    ? {
        support: {
          email: support.email,
          phone: support.phone,
          hours: support.hours,
          help_center_url: support.helpCenterUrl,
        },
      }
    : {};

const optionOf = ({ quote }: Order) => quote.options.find(({ id }) => id === quote.selectedOptionId);

const estimatedDelivery = (order: Order): AcpOrder["estimated_delivery"] => {
  const option = optionOf(order);
  return option && !goesBack(order) ? deliveryWindow(option, order.createdAt) : undefined;
};

const richParts = (
  order: Order,
): Pick<AcpOrder, "type" | "line_items" | "fulfillments" | "adjustments" | "totals"> => ({
  type: "order",
  line_items: order.quote.lines.map((line) => showLine(order, line)),
  fulfillments: fulfillmentsOf(order),
  adjustments: adjustmentsOf(order),
  totals: [...totalsOf(order.quote), ...amountRefundedOf(order)],
});

/** A refund alone takes no piece off the order: it does when the piece went back. */
const showLine = (order: Order, line: PricedLine): NonNullable<AcpOrder["line_items"]>[number] => {
  const returned = goesBack(order) ? line.quantity : returnedPieces(order.refunds, line.productId);
  const current = Math.max(0, line.quantity - returned);
  return {
    id: lineId(line.productId),
    title: line.title,
    product_id: line.productId,
    quantity: { ordered: line.quantity, current, fulfilled: 0 },
    unit_price: line.unitAmount,
    subtotal: line.totals.subtotal,
    totals: lineTotalsOf(order.quote, line),
    status: current === 0 ? "removed" : "processing",
  };
};

const fulfillmentStatuses = {
  placed: "pending",
  confirmed: "processing",
  canceling: "canceled",
  canceled: "canceled",
} as const satisfies Record<Status, string>;

const fulfillmentsOf = (order: Order): NonNullable<AcpOrder["fulfillments"]> => {
  const option = optionOf(order);
  if (!option) return [];
  const delivery = estimatedDelivery(order);
  return [
    {
      id: `ful_${order.id.slice("ord_".length)}`,
      type: option.type,
      status: fulfillmentStatuses[order.status],
      line_items: order.quote.lines.map(({ productId, quantity }) => ({ id: lineId(productId), quantity })),
      ...(option.carrier && { carrier: option.carrier }),
      ...(delivery && { estimated_delivery: delivery }),
      description: option.title,
    },
  ];
};
