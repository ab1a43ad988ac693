import { type Checkout, times } from "#functions/checkout/checkout.ts";
import { isDisputed, isFrozen } from "#functions/order/dispute.ts";
import type { Order } from "#functions/order/order.ts";
import type { Payment } from "#functions/payment/payment.ts";
import { meaningOf } from "#functions/payment/returned.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { intentsOf, waitsForShop } from "./at-stripe.ts";
import { type Invariant, type Problems, type Rest, when } from "./invariant.ts";
import { allCheckouts, allDeliveries, allOrders, allPayments } from "./rows.ts";

export const lively: Invariant = {
  id: "I-18",
  promise: "once the faults stop all comes to rest: nothing stuck, no outcome unknown",
  watch: (cloud) => ({
    atRest: (rest) => [
      ...checkouts(cloud, rest),
      ...payments(cloud, rest),
      ...orders(cloud, rest),
      ...deliveries(cloud, rest),
      ...[...cloud.table.lookAll("outbox")]
        .filter(({ due }) => due !== undefined)
        .map(({ id }) => `event ${id} was never published`),
    ],
  }),
};

const minutes = 60_000;

const moving: readonly string[] = ["completing", "authenticating", "aborting"];
const idle: readonly string[] = ["open", "ready"];

const checkouts = (cloud: Cloud, rest: Rest): Problems =>
  allCheckouts(cloud).flatMap(({ id, status, storeId, updatedAt }) => [
    ...when(
      moving.includes(status) && !isSlow(cloud, rest, storeId, id) && !isAsked(cloud, { status, updatedAt }),
      `checkout ${id} is stuck at ${status}`,
    ),
    ...when(rest === "the end" && idle.includes(status), `checkout ${id} never expired`),
  ]);

/** The sweeper went on with it meanwhile, and its buyer still has time to prove who they are. */
const isAsked = ({ world }: Cloud, { status, updatedAt }: Pick<Checkout, "status" | "updatedAt">): boolean =>
  status === "authenticating" && world.scheduler.now() - updatedAt < times.authentication + 2 * minutes;

const payments = (cloud: Cloud, rest: Rest): Problems =>
  allPayments(cloud)
    .filter(
      ({ status, storeId, checkoutId }) =>
        status === "requested" && !isSlow(cloud, rest, storeId, checkoutId),
    )
    .map(({ attempt, checkoutId }) => `the outcome of attempt ${attempt} of ${checkoutId} is unknown`);

const orders = (cloud: Cloud, rest: Rest): Problems =>
  allOrders(cloud).flatMap((order) => {
    const isStuck = order.status !== "confirmed" && order.status !== "canceled";
    const isUnknown = order.refunds.some(({ status }) => status === "requested");
    const isExcused = isSlowOrder(cloud, rest, order);
    return [
      ...when(isStuck && !isExcused, `order ${order.id} is stuck at ${order.status}`),
      ...when(isUnknown && !isExcused, `a refund of ${order.id} is unknown`),
    ];
  });

/** To a receiver that is away nothing is tried but a probe, so what waits is not late before it is back. */
const deliveries = (cloud: Cloud, rest: Rest): Problems => {
  const { world, receivers, shops } = cloud;
  const urls = new Map<string, string>(
    shops.flatMap(({ endpoints }) => endpoints.map(({ id, url }) => [id, url] as const)),
  );
  return allDeliveries(cloud)
    .filter(({ status }) => ["pending", "waiting", "delivering"].includes(status))
    .filter(({ endpointId, nextAt, leaseUntil }) => {
      const back = receivers.awayUntil(urls.get(endpointId) ?? "");
      const overdue = world.scheduler.now() - Math.max(nextAt, leaseUntil, back);
      return overdue > 15 * minutes || rest === "the end";
    })
    .map(({ endpointId, eventId, status }) => `delivery ${endpointId} ${eventId} is stuck at ${status}`);
};

/**
 * What is documented to take longer. Stripe repeats a fault under its key for a day: an authorization is then given up
 * after an hour. An attempt whose token was killed can only be looked up, until it is given up.
 */
const isSlow = (cloud: Cloud, rest: Rest, storeId: string, checkoutId: string): boolean => {
  if (rest !== "15 minutes") return false;
  const payments = paymentsOf(cloud, storeId, checkoutId);
  return payments.some(isTokenless) || payments.some(({ stripeKey }) => spent(cloud, stripeKey).length > 0);
};

/**
 * A store's refund is made again after the day; and while a bank decides, Stripe refuses to refund. What it decided may
 * reach us late: Stripe repeats its events ever more seldom.
 */
const isSlowOrder = (cloud: Cloud, rest: Rest, order: Order): boolean => {
  const { storeId, checkoutId } = order;
  const refunds = spent(cloud, `${checkoutId.slice("chk_".length)}:refund:`);
  const isAskedAnew = refunds.some((key) => !key.includes(":refund:full"));
  const excuses: Readonly<Record<Rest, boolean>> = {
    "15 minutes": isFrozen(order) || refunds.length > 0 || isSlow(cloud, rest, storeId, checkoutId),
    "90 minutes": isFrozen(order) || isAskedAnew,
    "a day": isAskedAnew,
    "the end": false,
  };
  return excuses[rest] || isQuestioned(cloud, checkoutId) || isStores(order) || waitsForShop(cloud, order);
};

/** A bank took the money before the order was confirmed: the store cancels it, and the books ring until it does. */
const isStores = (order: Order): boolean => order.status === "placed" && isDisputed(order);

const paymentsOf = (cloud: Cloud, storeId: string, checkoutId: string): Payment[] =>
  allPayments(cloud).filter((each) => each.storeId === storeId && each.checkoutId === checkoutId);

/** Keys with this in them under which Stripe repeats a fault. */
const spent = ({ stripe }: Cloud, key: string): string[] =>
  stripe.state.all("answer").flatMap(({ status, id }) => (status >= 500 && id.includes(key) ? [id] : []));

const isTokenless = ({ status, sealedToken }: Payment): boolean => status === "requested" && !sealedToken;

/** Once a bank has decided it excuses nobody. */
const isQuestioned = (cloud: Cloud, checkoutId: string): boolean => {
  const ids = intentsOf(cloud, checkoutId).map(({ id }) => id);
  return cloud.stripe
    .disputes()
    .some(({ intentId, status }) => ids.includes(intentId) && meaningOf({ status }).status === "open");
};
