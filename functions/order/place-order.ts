import { storeCheckoutAnswer } from "#functions/checkout/answer-store.ts";
import { type CheckoutStore, savedCheckout } from "#functions/checkout/checkout.store.ts";
import { type Checkout, moved, settled } from "#functions/checkout/checkout.ts";
import type { Step } from "#functions/checkout/completion.ts";
import { movedPayment, type PaymentStore } from "#functions/payment/payment.store.ts";
import type { Payment } from "#functions/payment/payment.ts";
import { commitStep, isOurs, notOurs } from "#functions/runtime/commit-step.ts";
import type { Table, Write } from "#functions/runtime/table.ts";
import { ledgerPeriod } from "#functions/store/retention.ts";
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
 * Last step of the checkout workflow: the order, its authorized payment, the completed checkout, the answer of the
 * request and the event, in one transaction. A run that dies before it is repeated: Stripe then says the same.
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
    const money = moneyFor(checkout, payment, step);
    return commitStep(on.table, step, placing({ checkout, store, money, now: on.now() }));
  };

type Money = { readonly payment: Payment; readonly authorization: NonNullable<Step["authorization"]> };

/** A step before this one that let an unpaid checkout through would be a fault of ours: no order without money. */
const moneyFor = ({ quote }: Checkout, payment: Payment | undefined, step: Step): Money | undefined => {
  const { total } = quote.totals;
  if (total === 0) return undefined;
  if (payment?.status === "requested" && payment.amount === total && step.authorization)
    return { payment, authorization: step.authorization };
  throw new Error(`no authorized payment of the checkout's total for attempt ${step.attempt}`);
};

type Placing = { checkout: Checkout; store: Store; money: Money | undefined; now: Instant };

const placing = ({ checkout, store, money, now }: Placing): Write[] => {
  const order = orderFrom({ checkout, store, money, now });
  const completed = moved(checkout, "completed", now, {
    orderId: order.id,
    keptUntil: order.keptUntil,
    messages: [],
    completion: undefined,
  });
  const by = { epoch: checkout.epoch, now };
  return [
    savedCheckout(checkout, completed),
    placedOrder(order, now + times.grace),
    ...(money ? [movedPayment(money.payment, "authorized", by, money.authorization)] : []),
    ...(checkout.completion
      ? [storeCheckoutAnswer(checkout.completion, completed, { now, status: 200 })]
      : []),
    placedEvent(order),
  ];
};

const orderFrom = ({ checkout, store, money, now }: Placing): Order => {
  const id = orderIdOf(checkout.id);
  return {
    id,
    storeId: checkout.storeId,
    principalId: checkout.principalId,
    livemode: checkout.livemode,
    checkoutId: checkout.id,
    channel: settled(checkout.channel),
    number: orderNumber(id),
    permalinkUrl: store.orderUrlTemplate.replaceAll("{order_id}", id),
    status: "placed",
    version: 1,
    revision: 1,
    epoch: 0,
    leaseUntil: 0,
    quote: checkout.quote,
    payment: {
      state: money ? "authorized" : "not_required",
      amount: money?.payment.amount ?? 0,
      attempt: checkout.attempt,
      paymentIntentId: money?.authorization.paymentIntentId,
      captureBefore: money?.authorization.captureBefore,
    },
    refunds: [],
    disputes: [],
    fulfillments: [],
    terms: termsOf(checkout),
    sealedContact: checkout.sealedContact,
    sealedNotes: checkout.sealedNotes,
    keptUntil: now + ledgerPeriod(store),
    createdAt: now,
    updatedAt: now,
  };
};

/** Those that were there to be read when the buyer's agent said yes. */
const termsOf = ({ consent }: Checkout): Order["terms"] =>
  consent?.terms && { ...consent.terms, at: consent.at };
