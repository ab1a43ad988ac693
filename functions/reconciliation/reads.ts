import type { OrderStore } from "#functions/order/order.store.ts";
import type { Order } from "#functions/order/order.ts";
import type { PaymentStore } from "#functions/payment/payment.store.ts";
import type { Account, PaymentIntent, Stripe } from "#functions/payment/stripe.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { EndpointStore } from "#functions/webhook/endpoint.store.ts";

/** All that a look may use: nothing in it can write, nor ask Stripe for anything but what is. */
export type Reads = {
  readonly table: Pick<Table, "get" | "query">;
  readonly stripe: Pick<
    Stripe,
    "retrievePaymentIntent" | "listPaymentIntents" | "listRefunds" | "listDisputes"
  >;
  readonly stores: StoreStore;
  readonly orders: OrderStore;
  readonly payments: PaymentStore;
  readonly endpoints: Pick<EndpointStore, "list">;
  readonly deployment: string;
  readonly now: Clock;
};

/** Stripe did not say: nothing may be concluded from that. */
export class Unread extends Error {
  override readonly name = "Unread";
}

/** `undefined` only where Stripe is sure that there is none. */
export const intentAt = async (
  on: Pick<Reads, "stripe">,
  account: Account,
  id: string,
): Promise<PaymentIntent | undefined> => {
  const answer = await on.stripe.retrievePaymentIntent(account, id);
  if (answer.outcome === "answered") return answer.intent;
  if (answer.outcome === "refused" && answer.code === "resource_missing") return undefined;
  throw new Unread(`Stripe does not show the PaymentIntent: ${answer.outcome}`);
};

/** One attempt's PaymentIntent, and whose books it is in. */
export type Attempt = { readonly attempt: number; readonly account: Account; readonly id: string };

/** The order's own and every other of its checkout: one that was declined may have been confirmed at Stripe since. */
export const attemptsOf = async (
  on: Pick<Reads, "payments" | "stores">,
  { storeId, checkoutId, livemode, payment: { attempt, paymentIntentId } }: Order,
): Promise<Attempt[]> => {
  const payments = await on.payments.list(storeId, checkoutId);
  const own = payments.find((payment) => payment.attempt === attempt);
  const stripeAccount = own ? own.stripeAccount : (await on.stores.get(storeId))?.stripeAccount;
  return [
    ...(paymentIntentId ? [{ attempt, account: { livemode, stripeAccount }, id: paymentIntentId }] : []),
    ...payments
      .filter((payment) => payment.attempt !== attempt)
      .flatMap((payment) =>
        payment.paymentIntentId
          ? [{ attempt: payment.attempt, account: payment, id: payment.paymentIntentId }]
          : [],
      ),
  ];
};
