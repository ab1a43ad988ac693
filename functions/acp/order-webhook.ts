import type { Order } from "#functions/order/order.ts";
import type { Store } from "#functions/store/store.ts";
import { briefOrder } from "./brief-order.ts";
import { showOrder } from "./order-snapshot.ts";
import { statusInOldWebhook } from "./order-status.ts";
import { newest, type Version, versions } from "./version.ts";

/** What an agent's order webhook says: the order as it is now, never a difference, in the version of its checkout. */
export type OrderWebhook = { readonly type: "order_create" | "order_update"; readonly data: object };

/** The body of a webhook endpoint of kind `acp`. `eventType` is ours (`order.placed`, …). Holds nothing personal. */
export const acpWebhookKind = {
  body: (order: Order, store: Store, eventType: string): OrderWebhook => {
    const version = versions.find((known) => known === order.channel.version) ?? newest;
    return {
      type: eventType === "order.placed" ? "order_create" : "order_update",
      data: version === "2026-01-30" ? oldSnapshot(order) : snapshot(order, store, version),
    };
  },
} as const;

const snapshot = (order: Order, store: Store, version: Version) =>
  briefOrder({ ...showOrder(order, store, version), type: "order" }, room);

/** In bytes: a body is under 20 kB. */
const room = 20_000 - '{"data":,"type":"order_update"}'.length;

/** Until 2026-01-30 the event had its own, smaller order, with refunds instead of adjustments. */
const oldSnapshot = (order: Order) => ({
  type: "order",
  checkout_session_id: order.checkoutId,
  permalink_url: order.permalinkUrl,
  status: statusInOldWebhook(order),
  refunds: order.refunds
    .filter(({ status }) => status === "succeeded")
    .map(({ amount }) => ({ type: "original_payment", amount })),
});
