import type { Payment } from "#functions/payment/payment.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { Invariant, Rest } from "./invariant.ts";
import { allCheckouts, allDeliveries, allOrders, allPayments } from "./rows.ts";

const minutes = 60_000;

export const lively: Invariant = {
  id: "I-18",
  promise: "once the faults stop all comes to rest: nothing stuck, no outcome unknown",
  watch: (cloud, broken) => ({
    atRest: (rest) => {
      checkouts(cloud, rest, broken);
      for (const { status, id, storeId, checkoutId } of allOrders(cloud)) {
        if (status === "confirmed" || status === "canceled") continue;
        if (!excused(cloud, rest, storeId, checkoutId)) broken(`order ${id} is stuck at ${status}`);
      }
      for (const row of cloud.table.lookAll("outbox"))
        if (row["due"] !== undefined) broken(`event ${row["id"]} was never published`);
      for (const delivery of allDeliveries(cloud)) {
        const overdue = cloud.world.scheduler.now() - Math.max(delivery.nextAt, delivery.leaseUntil);
        const isWaiting = ["pending", "waiting", "delivering"].includes(delivery.status);
        if (isWaiting && (overdue > 15 * minutes || rest === "the end"))
          broken(`delivery ${delivery.endpointId} ${delivery.eventId} is stuck at ${delivery.status}`);
      }
    },
  }),
};

const moving: readonly string[] = ["completing", "authenticating", "aborting"];

const checkouts = (cloud: Cloud, rest: Rest, broken: (what: string) => void): void => {
  for (const { id, status, storeId } of allCheckouts(cloud)) {
    if (moving.includes(status) && !excused(cloud, rest, storeId, id))
      broken(`checkout ${id} is stuck at ${status}`);
    if (rest === "the end" && (status === "open" || status === "ready")) broken(`${id} never expired`);
  }
  for (const payment of allPayments(cloud))
    if (payment.status === "requested" && !excused(cloud, rest, payment.storeId, payment.checkoutId))
      broken(`the outcome of attempt ${payment.attempt} of ${payment.checkoutId} is unknown`);
};

/**
 * Stripe repeats a fault under its key for a day, so there an outcome stays unknown for as long as is documented:
 * an authorization for the hour after which it is given up, a refund for the day that its key lives.
 */
const excused = (cloud: Cloud, rest: Rest, storeId: string, checkoutId: string): boolean => {
  if (rest === "the end") return false;
  const keys = allPayments(cloud)
    .filter((payment) => payment.storeId === storeId && payment.checkoutId === checkoutId)
    .flatMap(keysOf);
  const spent = cloud.stripe.state
    .all("answer")
    .filter(({ status, id }) => status >= 500 && keys.some((key) => id.endsWith(key)));
  const forever = spent.some(({ id }) => id.includes(":refund:"));
  return rest === "15 minutes" ? spent.length > 0 : forever;
};

const keysOf = ({ stripeKey, checkoutId }: Payment): string[] => {
  const id = checkoutId.slice("chk_".length);
  return [stripeKey, `ord_${id}:refund:full`, `chk_${id}:refund:full`];
};
