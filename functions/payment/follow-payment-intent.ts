import type { CheckoutStore } from "#functions/checkout/checkout.store.ts";
import type { Status as CheckoutStatus } from "#functions/checkout/checkout.ts";
import { isStopped, type Order, rests } from "#functions/order/order.ts";
import { type RecordsDisputes, recordDisputes } from "#functions/order/record-dispute.ts";
import { type RecordsRefunds, recordRefunds } from "#functions/order/record-refund.ts";
import { refundedOf } from "#functions/order/refund.ts";
import type { Store } from "#functions/store/store.ts";
import { type OrderId, orderIdOf, type StoreId } from "#functions/values/id.ts";
import { fromStripeAmount } from "./currency.ts";
import { diverged, divergenceFrom, type Followed, type Seen } from "./divergence.ts";
import { type FollowsLost, followLostPayment } from "./follow-lost-payment.ts";
import { type Step, stepFor } from "./following.ts";
import type { PaymentStore } from "./payment.store.ts";
import { isFinal, isMadeBy, type Payment, PaymentMetadata } from "./payment.ts";
import { type ReleasesOrphans, releaseOrphan } from "./release-orphan.ts";

export type Follows = FollowsLost &
  RecordsRefunds &
  RecordsDisputes &
  ReleasesOrphans & {
    stores: { get(storeId: StoreId): Promise<Store | undefined> };
    checkouts: CheckoutStore;
    payments: Pick<PaymentStore, "get">;
    deployment: string;
    /** Starts a run of the fulfillment workflow without waiting for it. */
    beginFulfillment: (input: { storeId: StoreId; orderId: OrderId }) => Promise<void>;
  };

/**
 * Makes the one move that follows from what Stripe says of a PaymentIntent, by the moves that everybody uses, and
 * only if it is ours: money that another deployment took, or that names no store of this one, is never touched. Stripe's events and
 * reconciliation both end here. Safe to run at any time, any number of times, in any order: it looks at what is
 * true now. A fault of Stripe or of a table is thrown.
 */
export const followPaymentIntent =
  (on: Follows) =>
  async (seen: Seen): Promise<Followed> => {
    if (!isMadeBy(on.deployment, seen.intent.metadata)) return nothing;
    const named = PaymentMetadata.safeParse(seen.intent.metadata);
    const store = named.success && (await on.stores.get(named.data.store));
    return store ? follow(on, store, named.data, seen) : nothing;
  };

const follow = async (on: Follows, store: Store, named: PaymentMetadata, seen: Seen): Promise<Followed> => {
  const { checkout: checkoutId, attempt } = named;
  const payment = await on.payments.get(store.id, checkoutId, attempt);
  if (!payment) return followLostPayment(on)({ store, checkoutId, attempt, seen });
  const divergence = divergenceFrom(payment, seen);
  return divergence ? diverged(divergence) : steps[stepFor(payment, seen.intent)](on, payment, seen);
};

const nothing: Followed = { followed: "nothing" };
const later: Followed = { followed: "nothing", again: true };

type Follow = (on: Follows, payment: Payment, seen: Seen) => Promise<Followed>;

const midWay: readonly CheckoutStatus[] = ["completing", "authenticating", "aborting"];

/** A run whose lease is not over is at it; a sweeper comes for what it leaves. */
const driveCheckout: Follow = async (on, payment, seen) => {
  const { storeId, checkoutId, attempt } = payment;
  const checkout = await on.checkouts.get(storeId, checkoutId);
  if (!checkout || !midWay.includes(checkout.status)) {
    const now = await on.payments.get(storeId, checkoutId, attempt);
    return now?.status === "requested" ? diverged("charged_not_recorded") : later;
  }
  const more = seen.intent.disputed ? { again: true as const } : toRecord(seen);
  if (checkout.leaseUntil > on.now()) return { ...nothing, ...more };
  await on.beginCheckout({ storeId, checkoutId });
  return { followed: "moved", ...more };
};

const driveOrder: Follow = async (on, payment, seen) => {
  const order = await orderOf(on, payment);
  return order ? drive(on, order, seen) : diverged("charged_not_recorded");
};

/** A dispute goes first: it stops the run. What goes back while an order waits for its bank is told without waiting. */
const drive = async (on: Follows, order: Order, seen: Seen): Promise<Followed> => {
  if (await hasNewDispute(on, order, seen)) return { followed: "moved", again: true };
  if (isStopped(order)) return (await hasNewRefund(on, order, seen)) ? { followed: "moved" } : nothing;
  if (rests(order.status) || order.leaseUntil > on.now()) return { ...nothing, ...toRecord(seen) };
  await on.beginFulfillment({ storeId: order.storeId, orderId: order.id });
  return { followed: "moved", ...toRecord(seen) };
};

/** What was given back at Stripe before we wrote down the payment itself goes into the order only afterwards. */
const toRecord = ({ intent, refund }: Seen): { again?: true } =>
  refund || intent.amountRefunded > 0 ? { again: true } : {};

const record: Follow = async (on, payment, seen) => {
  const order = await orderOf(on, payment);
  if (!order) return isFinal(payment.status) ? nothing : diverged("charged_not_recorded");
  if (order.status === "placed") return drive(on, order, seen);
  const refunds = await hasNewRefund(on, order, seen);
  const disputes = await hasNewDispute(on, order, seen);
  return refunds || disputes ? { followed: "moved" } : nothing;
};

const hasNewDispute = async (on: Follows, order: Order, { account, intent }: Seen): Promise<boolean> =>
  intent.disputed && recordDisputes(on)({ storeId: order.storeId, orderId: order.id, account });

const hasNewRefund = async (on: Follows, order: Order, seen: Seen): Promise<boolean> =>
  hasNews(order, seen) &&
  recordRefunds(on)({ storeId: order.storeId, orderId: order.id, account: seen.account });

/** Spares Stripe the question where every refund has come to its end and the sums agree. */
const hasNews = ({ refunds, quote }: Order, { intent, refund }: Seen): boolean =>
  refund !== undefined ||
  refundedOf(refunds) !== fromStripeAmount(intent.amountRefunded, quote.currency) ||
  refunds.some(({ status }) => status === "requested" || status === "pending");

/**
 * What a bank questions is not ours to give back: the order says so, and waits for the bank. That a bank sent the
 * refund of a canceled order back is told first.
 */
const release: Follow = async (on, payment, seen) => {
  if (seen.intent.disputed) return record(on, payment, seen);
  const told = payment.status === "refunded" ? await record(on, payment, seen) : nothing;
  return told.followed === "moved" ? told : releaseOrphan(on)(payment, seen);
};

const orderOf = (on: Follows, { storeId, checkoutId }: Payment): Promise<Order | undefined> =>
  on.orders.get(storeId, orderIdOf(checkoutId));

const steps = {
  nothing: async () => nothing,
  drive_checkout: driveCheckout,
  drive_order: driveOrder,
  record,
  release,
  not_captured: async () => diverged("recorded_not_charged"),
} as const satisfies Record<Step, Follow>;
