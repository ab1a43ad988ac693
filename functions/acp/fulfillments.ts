import type { Line } from "#functions/checkout/contents.ts";
import {
  type Fulfillment,
  fulfillmentIdOf,
  linesOf,
  type PieceStatus,
  sentOf,
  statusOf,
  trackingOf,
} from "#functions/fulfillment/fulfillment.ts";
import { goesBack, type Order, type Status } from "#functions/order/order.ts";
import { currentOf } from "#functions/order/progress.ts";
import { toIso } from "#functions/values/clock.ts";
import { deliveryWindow, lineId } from "./delivery.ts";
import type { AcpOrder } from "./order.ts";

type Shown = NonNullable<AcpOrder["fulfillments"]>[number];
type Quantity = NonNullable<AcpOrder["line_items"]>[number]["quantity"];

const optionOf = ({ quote }: Order) => quote.options.find(({ id }) => id === quote.selectedOptionId);

export const estimatedDelivery = (order: Order): AcpOrder["estimated_delivery"] => {
  const option = optionOf(order);
  return option && !goesBack(order) ? deliveryWindow(option, order.createdAt) : undefined;
};

/** ACP 2026-04-17, `OrderLineItem.status`: derived from the numbers beside it. */
export const lineStatusOf = ({ current, fulfilled }: Quantity): string => {
  if (current === 0) return "removed";
  if (fulfilled === current) return "fulfilled";
  return fulfilled > 0 ? "partial" : "processing";
};

/** Each that was told of, and one for what is not sent yet. */
export const fulfillmentsOf = (order: Order): Shown[] => [
  ...order.fulfillments.map((fulfillment) => told(order, fulfillment)),
  ...restOf(order),
];

const eventTypes = {
  processing: "processing",
  shipped: "shipped",
  delivered: "delivered",
  failed: "undeliverable",
  returned: "returned_to_sender",
} as const satisfies Record<PieceStatus, string>;

const told = (order: Order, fulfillment: Fulfillment): Shown => {
  const id = fulfillmentIdOf(order.id, fulfillment);
  const type = typeOf(order, linesOf(fulfillment));
  const { carrier, number, url } = trackingOf(fulfillment) ?? {};
  return {
    id,
    type,
    status: toldStatus(order, fulfillment, type),
    line_items: linesOf(fulfillment).map(showLine),
    ...(carrier !== undefined && { carrier }),
    ...(number !== undefined && { tracking_number: number }),
    ...(url !== undefined && { tracking_url: url }),
    events: fulfillment.events.map(({ type: event, at }, index) => ({
      id: `${id}_${index + 1}`,
      type: eventTypes[event],
      occurred_at: toIso(at),
    })),
  };
};

/** What came back was delivered before, or never arrived. A download is not shipped: once it is sent it is there. */
const toldStatus = (order: Order, fulfillment: Fulfillment, type: Shown["type"]): string => {
  const status = statusOf(fulfillment);
  if (status === "processing" && goesBack(order)) return "canceled";
  if (status === "shipped" && type === "digital") return "delivered";
  if (status !== "returned") return status;
  return fulfillment.events.some((event) => event.type === "delivered") ? "delivered" : "failed";
};

const typeOf = ({ quote }: Order, lines: readonly Line[]): Shown["type"] =>
  lines.every(({ productId }) => quote.lines.some((line) => line.productId === productId && line.digital))
    ? "digital"
    : "shipping";

const showLine = ({ productId, quantity }: Line) => ({ id: lineId(productId), quantity });

const restStatuses = {
  placed: "pending",
  confirmed: "processing",
  canceling: "canceled",
  canceled: "canceled",
} as const satisfies Record<Status, string>;

const restOf = (order: Order): Shown[] => {
  const option = optionOf(order);
  const lines = order.quote.lines.flatMap((line) => {
    const wanted = goesBack(order) ? line.quantity : currentOf(order, line);
    const quantity = wanted - sentOf(order.fulfillments, line.productId).taken;
    return quantity > 0 ? [{ productId: line.productId, quantity }] : [];
  });
  if (!option || lines.length === 0) return [];
  const delivery = estimatedDelivery(order);
  return [
    {
      id: `ful_${order.id.slice("ord_".length)}`,
      type: option.type,
      status: restStatuses[order.status],
      line_items: lines.map(showLine),
      ...(option.carrier && { carrier: option.carrier }),
      ...(delivery && { estimated_delivery: delivery }),
      description: option.title,
    },
  ];
};
