import type { CheckoutStore } from "#functions/checkout/checkout.store.ts";
import { savedCheckout } from "#functions/checkout/checkout.store.ts";
import { type Checkout, isFinal, isMidWay, moved } from "#functions/checkout/checkout.ts";
import { untracked } from "#functions/fulfillment/fulfillment.ts";
import { isFrozen } from "#functions/order/dispute.ts";
import { type OrderStore, savedOrder } from "#functions/order/order.store.ts";
import { moved as movedOrder, type Order, rests } from "#functions/order/order.ts";
import { erasedEvent } from "#functions/order/order-events.ts";
import { isInFlight } from "#functions/order/refund.ts";
import { destroyedCheckoutKey, type HeldKey } from "#functions/privacy/checkout-key.store.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { erasedCheckout } from "./erasure.store.ts";
import type { Erasure, WaitsFor } from "./erasure.ts";

export type ForgetsCheckouts = {
  checkouts: CheckoutStore;
  orders: Pick<OrderStore, "get">;
  table: Pick<Table, "commit">;
  now: Clock;
};

/**
 * Destroys the key of one checkout and its order, with a line in the ledger, the order's mark and the event in the same
 * transaction, unless it is under way: then it answers what for.
 */
export const forgetCheckout =
  (on: ForgetsCheckouts) =>
  async (erasure: Erasure, key: HeldKey, tries = 3): Promise<WaitsFor | undefined> => {
    const { storeId, checkoutId } = key.subject;
    const [checkout, order] = await Promise.all([
      on.checkouts.get(storeId, checkoutId),
      on.orders.get(storeId, orderIdOf(checkoutId)),
    ]);
    const waitsFor = underWay(key, checkout, order);
    if (waitsFor) return waitsFor;
    const lost = await tryCommit(on.table, forgetting({ erasure, key, checkout, order, now: on.now() }));
    if (lost.length === 0) return undefined;
    // It moved meanwhile: look again, and leave to the next run what moves all the time.
    return tries > 1 ? forgetCheckout(on)(erasure, key, tries - 1) : "checkout";
  };

type Forgotten = {
  erasure: Erasure;
  key: HeldKey;
  checkout: Checkout | undefined;
  order: Order | undefined;
  now: Instant;
};

const forgetting = ({ erasure, key: { subject }, checkout, order, now }: Forgotten): Write[] => [
  destroyedCheckoutKey(subject),
  erasedCheckout(erasure, subject.checkoutId, now),
  ...(checkout && !isFinal(checkout.status) ? [endedSession(checkout, now)] : []),
  ...(order ? withoutBuyer(order, now) : []),
];

const underWay = (key: HeldKey, checkout: Checkout | undefined, order: Order | undefined) => {
  if (key.isRestricted) return "restriction";
  if (checkout && isMidWay(checkout.status)) return "checkout";
  return order && orderUnderWay(order);
};

const orderUnderWay = (order: Order): WaitsFor | undefined => {
  if (!rests(order.status)) return "order";
  // Who bought and how it was sent is what the store answers the bank with (GDPR article 17(3)(e)).
  if (isFrozen(order)) return "dispute";
  return order.refunds.some(isInFlight) ? "refund" : undefined;
};

/** Nobody buys under a key that is gone. */
const endedSession = (checkout: Checkout, now: Instant): Write =>
  savedCheckout(checkout, moved(checkout, "canceled", now, { messages: [] }));

const withoutBuyer = (order: Order, now: Instant): Write[] => {
  const after = movedOrder(order, order.status, now, {
    erasedAt: now,
    fulfillments: order.fulfillments.map(untracked),
    version: order.version + 1,
    // What was sent to its store's own shop is there, too.
    ...(order.shop && { shop: { untoldSince: now } }),
  });
  return [savedOrder(order, after), erasedEvent(after)];
};
