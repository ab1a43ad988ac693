import { type Order, times } from "#functions/order/order.ts";
import type { Bridge } from "../cloud/bridges.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { type Invariant, when } from "./invariant.ts";
import { allOrders } from "./rows.ts";

/** By the shop's own ears. */
export const shopTold: Invariant = {
  id: "I-7",
  promise: "a shop that saw an order hears what became of it",
  watch: (cloud) => ({
    atRest: () =>
      allOrders(cloud).flatMap((order) => {
        const bridge = cloud.shops.find(({ storeId }) => storeId === order.storeId)?.bridge;
        const isDue = bridge?.said.has(order.id) && ["confirmed", "canceled"].includes(order.status);
        const heard = bridge?.heard.get(order.id)?.status ?? "nothing";
        const isTold = heard === order.status || (bridge && isExcused(cloud, bridge, order));
        return when(isDue && !isTold, `${order.id} is ${order.status}, and its shop heard ${heard}`);
      }),
  }),
};

const moment = 3 * 60_000;

/**
 * It came to rest just now; or its shop did not answer and is asked again (how soon, `askedAgain` judges); or is away,
 * or was for the day in which it is told, and an alarm rang.
 */
const isExcused = ({ receivers, alarms, world }: Cloud, { url }: Bridge, order: Order): boolean => {
  const { leaseUntil, updatedAt, confirmedAt = 0, canceledAt = 0, shop } = order;
  const lately = world.scheduler.now() - moment;
  const until = receivers.awayUntil(url);
  const wasAway =
    until + moment > Math.max(confirmedAt, canceledAt) + times.giveUp && alarms.has("StoreSilent");
  return Math.max(leaseUntil, updatedAt, until, shop?.retryAt ?? 0) > lately || wasAway;
};
