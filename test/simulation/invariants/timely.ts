import { type Checkout, times as checkoutTimes } from "#functions/checkout/checkout.ts";
import { orderKey } from "#functions/order/order.store.ts";
import type { Order } from "#functions/order/order.ts";
import type { Delivery } from "#functions/webhook/delivery.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { Exchange } from "../cloud/gateway.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { checkoutsIn, deliveriesIn, ordersIn } from "./rows.ts";

/** How far any clock of this schedule may be off by now, in milliseconds. */
const offIn = ({ world }: Cloud): number =>
  world.fates.skew > 0 || [...world.counts.keys()].some((fault) => fault.endsWith("clock-jump"))
    ? 5 * 60_000
    : 0;

export const inTime: Invariant = {
  id: "I-23",
  promise: "no time is up earlier than a clock is off, and none without one",
  watch: (cloud) => ({
    committed: (changes) => {
      const early = (what: string, at: number | undefined): Problems => {
        const left = (at ?? 0) - offIn(cloud) - cloud.world.scheduler.now();
        return when(left > 0, `${what} ${Math.ceil(left / 1_000)} s before its time`);
      };
      return [
        ...checkoutsIn(changes).flatMap(({ before, after }) =>
          before && after
            ? early(`${before.id} went from ${before.status} to ${after.status}`, endOf(before, after))
            : [],
        ),
        ...[...checkoutsIn(changes), ...ordersIn(changes)].flatMap(({ before, after }) =>
          before && after && isTakenOver(before, after)
            ? early(`${before.id} was taken over`, before.leaseUntil)
            : [],
        ),
        ...deliveriesIn(changes).flatMap(({ before, after }) =>
          before && after?.status === "delivering"
            ? early(`delivery of ${before.eventId} was tried`, earliestOf(cloud, before))
            : [],
        ),
      ];
    },
  }),
};

const earliestOf = (cloud: Cloud, before: Delivery): number => {
  const { leaseUntil, nextAt, askedUntil = 0 } = before;
  return Math.max(leaseUntil, (isCalledFor(cloud, before) ? askedUntil : nextAt) - aSecond);
};

/** Its endpoint is back since it was last looked at. */
const isCalledFor = ({ table }: Cloud, { endpointId, updatedAt }: Delivery): boolean =>
  updatedAt < Number(table.look("webhooks", { pk: endpointId, sk: "pace" })?.["recoveredAt"] ?? 0);

/** A wake-up may be that early. */
const aSecond = 1_000;

/** When what happened to the checkout may happen at the earliest, if only time makes it happen. */
const endOf = (before: Checkout, after: Checkout): number | undefined => {
  if (before.status === after.status) return undefined;
  if (after.status === "expired") return before.expiresAt;
  if (after.abortReason === "authentication_timed_out" && before.status === "authenticating")
    return before.leaseUntil;
  const isGivenUp = after.abortReason === "payment_outcome_unknown" && before.status === "completing";
  return isGivenUp ? Number(before.completingSince) + checkoutTimes.giveUp : undefined;
};

type Worked = Pick<Checkout | Order, "status" | "epoch">;

/** A store's cancellation, and a buyer who proves who they are, need not wait for anybody. */
export const isTakenOver = (before: Worked, after: Worked): boolean =>
  before.epoch !== after.epoch && ["completing", "aborting", "canceling"].includes(before.status);

/** A quarter of an hour, and a fifth. */
const longestResend = 18 * 60_000;

export const askedAgain: Invariant = {
  id: "I-23",
  promise: "a shop that did not answer is asked again within 18 minutes, and its orders are due then",
  watch: (cloud) => ({
    committed: (changes) =>
      ordersIn(changes).flatMap(({ before, after }) => {
        const retryAt = after?.shop?.retryAt;
        if (!after || retryAt === undefined || retryAt === before?.shop?.retryAt) return [];
        const wait = retryAt - cloud.world.scheduler.now();
        const due = Number(cloud.table.look("commerce", orderKey(after.storeId, after.id))?.["dueAt"]);
        return [
          ...when(wait > longestResend + offIn(cloud), `${after.id} is sent again in ${wait / 1_000} s`),
          ...when(
            !(due <= Math.max(retryAt, after.leaseUntil)),
            `${after.id} is due at ${due}, not at ${retryAt}`,
          ),
        ];
      }),
  }),
};

export const fresh: Invariant = {
  id: "I-23",
  promise: "an event of Stripe is refused when it is forged or a clock is off, and a forged one always",
  watch: (cloud) => ({
    atRest: (rest) => (rest === "the end" ? cloud.history.flatMap((event) => judged(cloud, event)) : []),
  }),
};

const judged = (cloud: Cloud, { path, headers, response }: Exchange): Problems => {
  if (path !== "/stripe/events" || !response) return [];
  const isForged = headers?.["Stripe-Signature"] === "t=1,v1=00";
  const { status } = response;
  return [
    ...when(isForged && status < 300, "a forged event of Stripe was taken"),
    ...when(!isForged && status === 400 && offIn(cloud) === 0, "a true event of Stripe was refused"),
  ];
};
