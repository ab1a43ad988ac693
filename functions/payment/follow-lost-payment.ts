import type { CheckoutStore } from "#functions/checkout/checkout.store.ts";
import type { Checkout } from "#functions/checkout/checkout.ts";
import type { Store } from "#functions/store/store.ts";
import type { CheckoutId, StoreId } from "#functions/values/id.ts";
import {
  type Divergence,
  diverged,
  divergenceFrom,
  type Followed,
  moneyOf,
  type Seen,
} from "./divergence.ts";
import { type Imports, importPayment } from "./import-payment.ts";

export type FollowsLost = Imports & {
  checkouts: CheckoutStore;
  /** Starts a run of the checkout workflow without waiting for it. */
  beginCheckout: (input: { storeId: StoreId; checkoutId: CheckoutId }) => Promise<void>;
};

type Lost = {
  readonly store: Store;
  readonly checkoutId: CheckoutId;
  readonly attempt: number;
  readonly seen: Seen;
};

/**
 * A PaymentIntent that names a payment of which there is no row, though the row comes first: a restore has lost it,
 * and with it the order. Where the checkout still is as the buyer saw it, the payment is brought back, even if all of it
 * went back since: then its order has the refunds, and nobody can buy on its key again. Anything else is for somebody to
 * decide; what holds no money, nobody misses.
 */
export const followLostPayment =
  (on: FollowsLost) =>
  async ({ store, checkoutId, attempt, seen }: Lost): Promise<Followed> => {
    if (!isPaid(seen)) return nothing;
    const checkout = await on.checkouts.get(store.id, checkoutId);
    if (!checkout) return missed(seen, "charged_not_recorded");
    const reason = reasonNotTo(store, checkout, attempt, seen);
    return reason ? missed(seen, reason) : bringBack(on, checkout, attempt, seen);
  };

const nothing: Followed = { followed: "nothing" };

const missed = ({ intent }: Seen, divergence: Divergence): Followed =>
  moneyOf(intent) === "returned" ? nothing : diverged(divergence);

const isPaid = ({ intent }: Seen): boolean => !["none", "processing"].includes(moneyOf(intent));

/** Whether it is such a payment, and its checkout still is as the buyer saw it. */
export const comesBack = (store: Store, checkout: Checkout, attempt: number, seen: Seen): boolean =>
  isPaid(seen) && reasonNotTo(store, checkout, attempt, seen) === undefined;

const bringBack = async (
  on: FollowsLost,
  checkout: Checkout,
  attempt: number,
  seen: Seen,
): Promise<Followed> => {
  const imported = await importPayment(on)(checkout, attempt, seen);
  if (imported === "out_of_stock") return diverged("charged_not_recorded");
  if (imported === "changed_meanwhile") return { followed: "nothing", again: true };
  await on.beginCheckout({ storeId: checkout.storeId, checkoutId: checkout.id });
  return { followed: "moved", again: true };
};

const reasonNotTo = (
  store: Store,
  checkout: Checkout,
  attempt: number,
  seen: Seen,
): Divergence | undefined => {
  const { currency, totals } = checkout.quote;
  const { livemode, stripeAccount } = store;
  const expected = { livemode, stripeAccount, amount: totals.total, currency, status: "requested" } as const;
  const asSold = totals.total === 0 ? "amount" : divergenceFrom(expected, seen);
  if (asSold) return asSold;
  // The checkout was paid by another attempt.
  if (checkout.status === "completed") return "double";
  return checkout.status === "ready" && attempt > checkout.attempt ? undefined : "charged_not_recorded";
};
