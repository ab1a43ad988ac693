import { storeCheckoutAnswer } from "#functions/checkout/answer-store.ts";
import { type CheckoutStore, savedCheckout } from "#functions/checkout/checkout.store.ts";
import { type Checkout, moved } from "#functions/checkout/checkout.ts";
import type { Step } from "#functions/checkout/completion.ts";
import { type PaymentStore, paymentStands } from "#functions/payment/payment.store.ts";
import type { Payment } from "#functions/payment/payment.ts";
import { commitStep, isOurs, notOurs } from "#functions/runtime/commit-step.ts";
import type { Table, Write } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { orderIdOf, type StoreId } from "#functions/values/id.ts";
import { type Done, done, type Held } from "#functions/values/outcome.ts";
import { placedOrder } from "./order.store.ts";
import { type Order, orderNumber, times } from "./order.ts";
import { placedEvent } from "./order-events.ts";

type Places = {
  checkouts: CheckoutStore;
  payments: Pick<PaymentStore, "get">;
  stores: { get(storeId: StoreId): Promise<Store | undefined> };
  table: Pick<Table, "commit">;
  now: Clock;
};

/**
 * Last step of the checkout workflow: the order, the completed checkout, the answer of the request and the event,
 * in one transaction. It checks in that same transaction that the money is authorized, or that none is due.
 */
export const placeOrder =
  (on: Places) =>
  async (step: Step): Promise<Done<Step> | Held> => {
    const [checkout, payment, store] = await Promise.all([
      on.checkouts.get(step.storeId, step.checkoutId),
      on.payments.get(step.storeId, step.checkoutId, step.attempt),
      on.stores.get(step.storeId),
    ]);
    if (checkout?.status === "completed") return done(step);
    if (!store || !isOurs(checkout, step, "completing")) return notOurs(step);
    paidFor(checkout, payment);
    return commitStep(on.table, step, placing({ checkout, store, payment, now: on.now() }));
  };

/** A step before this one that let an unpaid checkout through would be a fault of ours: no order without money. */
const paidFor = ({ quote, attempt }: Checkout, payment: Payment | undefined): void => {
  const { total } = quote.totals;
  if (total > 0 && (payment?.status !== "authorized" || payment.amount !== total))
    throw new Error(`no authorized payment of the checkout's total for attempt ${attempt}`);
};

type Placing = { checkout: Checkout; store: Store; payment: Payment | undefined; now: Instant };

const placing = ({ checkout, store, payment, now }: Placing): Write[] => {
  const order = orderFrom({ checkout, store, payment, now });
  const completed = moved(checkout, "completed", now, {
    orderId: order.id,
    messages: [],
    completion: undefined,
  });
  return [
    savedCheckout(checkout, completed),
    placedOrder(order, now + times.grace),
    ...(payment ? [paymentStands(payment)] : []),
    ...(checkout.completion
      ? [storeCheckoutAnswer(checkout.completion, completed, { now, status: 200 })]
      : []),
    placedEvent(order),
  ];
};

const orderFrom = ({ checkout, store, payment, now }: Placing): Order => {
  const id = orderIdOf(checkout.id);
  return {
    id,
    storeId: checkout.storeId,
    principalId: checkout.principalId,
    livemode: checkout.livemode,
    checkoutId: checkout.id,
    channel: checkout.channel,
    number: orderNumber(id),
    permalinkUrl: store.orderUrlTemplate.replaceAll("{order_id}", id),
    status: "placed",
    version: 1,
    revision: 1,
    epoch: 0,
    leaseUntil: 0,
    quote: checkout.quote,
    payment: {
      state: payment ? "authorized" : "not_required",
      amount: payment?.amount ?? 0,
      attempt: checkout.attempt,
      paymentIntentId: payment?.paymentIntentId,
      captureBefore: payment?.captureBefore,
    },
    sealedContact: checkout.sealedContact,
    sealedNotes: checkout.sealedNotes,
    createdAt: now,
    updatedAt: now,
  };
};
