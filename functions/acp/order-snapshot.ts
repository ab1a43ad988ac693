import type { Order } from "#functions/order/order.ts";
import { currentOf, fulfilledOf } from "#functions/order/progress.ts";
import type { PricedLine } from "#functions/pricing/pricing.ts";
import type { Store } from "#functions/store/store.ts";
import { adjustmentsOf, amountRefundedOf } from "./adjustments.ts";
import { lineId } from "./delivery.ts";
import { estimatedDelivery, fulfillmentsOf, lineStatusOf } from "./fulfillments.ts";
import type { AcpOrder } from "./order.ts";
import { statusIn } from "./order-status.ts";
import { lineTotalsOf, totalsOf } from "./total.ts";
import type { Version } from "./version.ts";

/** The order, whole. `notes` are the buyer's own words: given in the agent's session, never in a webhook. */
export const showOrder = (order: Order, store: Store, version: Version, notes?: string): AcpOrder => {
  const status = statusIn[version](order);
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
  const quantity = {
    ordered: line.quantity,
    current: currentOf(order, line),
    fulfilled: fulfilledOf(order, line),
  };
  return {
    id: lineId(line.productId),
    title: line.title,
    product_id: line.productId,
    quantity,
    unit_price: line.unitAmount,
    subtotal: line.totals.subtotal,
    totals: lineTotalsOf(order.quote, line),
    status: lineStatusOf(quantity),
  };
};
