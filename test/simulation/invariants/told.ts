import { type Order, times } from "#functions/order/order.ts";
import { owedOf } from "#functions/order/progress.ts";
import type { OwnShop } from "../cloud/bridges.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { shopOf } from "../cloud/shop.ts";
import { type Invariant, when } from "./invariant.ts";
import { allOrders } from "./rows.ts";

/** By the shop's own ears. */
export const shopTold: Invariant = {
  id: "I-7",
  promise: "a shop that saw an order hears what became of it",
  watch: (cloud) => ({
    atRest: () =>
      allOrders(cloud).flatMap((order) => {
        const own = shopOf(cloud, order.storeId)?.own;
        const isDue = own?.said.has(order.id) && ["confirmed", "canceled"].includes(order.status);
        const heard = own?.heard.get(order.id)?.status ?? "nothing";
        const isTold = heard === order.status || (own && isExcused(cloud, own, order));
        return when(isDue && !isTold, `${order.id} is ${order.status}, and its shop heard ${heard}`);
      }),
  }),
};

export const shopForgets: Invariant = {
  id: "I-17",
  promise: "a shop that was shown who bought hears that they were erased",
  watch: (cloud) => ({
    atRest: () =>
      allOrders(cloud).flatMap((order) => {
        const own = shopOf(cloud, order.storeId)?.own;
        if (order.erasedAt === undefined || !own?.shown.has(order.id) || !own.said.has(order.id)) return [];
        const isTold = own.forgets.has(order.id) || isExcused(cloud, own, order);
        return when(!isTold, `${order.id} is erased, and its shop never heard of it`);
      }),
  }),
};

const moment = 3 * 60_000;

/**
 * It came to rest just now; or its shop did not answer and is asked again (how soon, `askedAgain` judges); or is away,
 * or was for the day in which it is told, and an alarm rang.
 */
const isExcused = ({ receivers, alarms, world }: Cloud, { url }: OwnShop, order: Order): boolean => {
  const { leaseUntil, updatedAt, confirmedAt = 0, canceledAt = 0, erasedAt = 0, shop } = order;
  const lately = world.scheduler.now() - moment;
  const until = receivers.awayUntil(url);
  const since = Math.max(confirmedAt, canceledAt, erasedAt);
  const wasAway = until + moment > since + times.giveUp && alarms.has("StoreSilent");
  return Math.max(leaseUntil, updatedAt, until, shop?.retryAt ?? 0) > lately || wasAway;
};

/** By what stands at the site: no request there has a key. */
export const madeOnce: Invariant = {
  id: "I-9",
  promise:
    "an order is at its WooCommerce site once, but for what was on its way when somebody looked, and is paid once",
  watch: ({ shops, table }) => ({
    atRest: () =>
      shops.flatMap(({ woo, storeId }) =>
        [...(woo?.said.keys() ?? [])].flatMap((id) => {
          const [first, ...copies] = woo?.ordersOf(id) ?? [];
          const paid = [first, ...copies].filter((each) => each && !unpaid.includes(each.status));
          return [
            ...when(woo?.madeAgain.has(id), `${id} of ${storeId} was made again at its site`),
            ...when(paid.length > 1, `${id} was paid ${paid.length} times at its site`),
            ...when(
              !table.look("commerce", { pk: `${storeId}#${id}`, sk: "order" }),
              `${id} is none of ours`,
            ),
          ];
        }),
      ),
  }),
};

const unpaid: readonly string[] = ["pending", "cancelled"];

/** What its shop sent is sent here, or an alarm says why it is not. */
export const followedBack: Invariant = {
  id: "I-7",
  promise: "what a WooCommerce site has completed has left the house here, too",
  watch: (cloud) => ({
    atRest: (rest) =>
      rest === "15 minutes"
        ? []
        : allOrders(cloud).flatMap((order) => {
            const woo = shopOf(cloud, order.storeId)?.woo;
            const isSent = woo?.ordersOf(order.id)[0]?.status === "completed";
            const isAway =
              woo && cloud.receivers.awayUntil(woo.url) + 20 * 60_000 > cloud.world.scheduler.now();
            const isOwed =
              order.status === "confirmed" && order.quote.lines.some((line) => owedOf(order, line) > 0);
            const isWrong = isSent && isOwed && !isAway && !hasRung(cloud, order);
            return when(isWrong, `${order.id} was sent by its site and is owed here`);
          }),
  }),
};

/** Money that a bank sends back has an alarm of its own. */
const hasRung = ({ alarms }: Cloud, { refunds }: Order): boolean =>
  alarms.has("StoreDiffers") ||
  (alarms.has("RefundFailed") && refunds.some(({ status }) => status === "failed"));
