import { type Checkout, times } from "#functions/checkout/checkout.ts";
import type { Payment } from "#functions/payment/payment.ts";
import { meaningOf } from "#functions/payment/returned.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { intentsOf } from "./at-stripe.ts";
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
      moving.includes(status) && !excused(cloud, rest, storeId, id) && !isAsked(cloud, { status, updatedAt }),
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
        status === "requested" && !excused(cloud, rest, storeId, checkoutId),
    )
    .map(({ attempt, checkoutId }) => `the outcome of attempt ${attempt} of ${checkoutId} is unknown`);

const orders = (cloud: Cloud, rest: Rest): Problems =>
  allOrders(cloud).flatMap((order) => {
    const isStuck = order.status !== "confirmed" && order.status !== "canceled";
    const isUnknown = order.refunds.some(({ status }) => status === "requested");
    const isExcused = excused(cloud, rest, order.storeId, order.checkoutId);
    return [
      ...when(isStuck && !isExcused, `order ${order.id} is stuck at ${order.status}`),
      ...when(isUnknown && !isExcused, `a refund of ${order.id} is unknown`),
    ];
  });

const deliveries = ({ table, world, ...cloud }: Cloud, rest: Rest): Problems =>
  allDeliveries({ table, world, ...cloud })
    .filter(({ status }) => ["pending", "waiting", "delivering"].includes(status))
    .filter(({ nextAt, leaseUntil }) => {
      const overdue = world.scheduler.now() - Math.max(nextAt, leaseUntil);
      return overdue > 15 * minutes || rest === "the end";
    })
    .map(({ endpointId, eventId, status }) => `delivery ${endpointId} ${eventId} is stuck at ${status}`);

/**
 * What is documented to take longer. Stripe repeats a fault under its key for a day: an authorization is then given up
 * after an hour, a store's refund made again after the day. An attempt whose token was killed can only be looked up, until it
 * is given up. And while a bank questions a payment Stripe refuses to refund it, so its order waits for the bank.
 */
const excused = (cloud: Cloud, rest: Rest, storeId: string, checkoutId: string): boolean => {
  if (isQuestioned(cloud, checkoutId)) return true;
  if (rest === "the end") return false;
  const payments = allPayments(cloud).filter(
    (each) => each.storeId === storeId && each.checkoutId === checkoutId,
  );
  const keys = payments.flatMap(keysOf);
  const spent = cloud.stripe.state
    .all("answer")
    .filter(({ status, id }) => status >= 500 && keys.some((key) => id.includes(key)));
  const isRefund = spent.some(({ id }) => id.includes(":refund:") && !id.includes(":refund:full"));
  return rest === "15 minutes" ? spent.length > 0 || payments.some(isTokenless) : isRefund;
};

const isTokenless = ({ status, sealedToken }: Payment): boolean => status === "requested" && !sealedToken;

const isQuestioned = (cloud: Cloud, checkoutId: string): boolean => {
  const ids = intentsOf(cloud, checkoutId).map(({ id }) => id);
  return cloud.stripe
    .disputes()
    .some(({ intentId, status }) => ids.includes(intentId) && meaningOf({ status }).status !== "won");
};

const keysOf = ({ stripeKey, checkoutId }: Payment): string[] => {
  const id = checkoutId.slice("chk_".length);
  return [stripeKey, `${id}:refund:`];
};
