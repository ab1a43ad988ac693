import { type Checkout, times } from "#functions/checkout/checkout.ts";
import type { Order } from "#functions/order/order.ts";
import type { Intent } from "#infra/local/stripe/objects.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { shopOf } from "../cloud/shop.ts";
import { captured, intentsOf } from "./at-stripe.ts";
import { type Invariant, when } from "./invariant.ts";
import { checkoutsIn, ordersIn } from "./rows.ts";
import { isTakenOver } from "./timely.ts";

/** The rows that an intent belongs to, as they are at this moment. */
const rowsOf = ({ table }: Cloud, { metadata }: Intent) => {
  const { store, checkout = "" } = metadata;
  const look = (id: string, sk: string) => table.look("commerce", { pk: `${store}#${id}`, sk }) as unknown;
  return {
    checkout: look(checkout, "checkout") as Checkout | undefined,
    order: look(`ord_${checkout.slice("chk_".length)}`, "order") as Order | undefined,
  };
};

/** Those that have become so since one looked last. */
const newlyIn = (isSo: (intent: Intent) => boolean) => {
  const seen = new Set<string>();
  return (cloud: Cloud): Intent[] => {
    const fresh = intentsOf(cloud).filter((intent) => isSo(intent) && !seen.has(intent.id));
    for (const { id } of fresh) seen.add(id);
    return fresh;
  };
};

export const decidedFirst: Invariant = {
  id: "I-2",
  promise: "no money is let go before the write that decides it: a good order is not undone",
  watch: (cloud) => {
    // What Stripe lets go of by itself nobody here decides.
    const letGo = newlyIn(
      (intent) => intent.status === "canceled" && intent.cancellationReason !== "automatic",
    );
    return {
      stripeChanged: () =>
        letGo(cloud).flatMap((intent) => {
          const { checkout, order } = rowsOf(cloud, intent);
          const isCurrent = String(checkout?.attempt) === intent.metadata["attempt"];
          const isByHand = cloud.letGoByHand.has(intent.id);
          const isAlive = [checkout?.status, order?.status].some((status) => alive.includes(status));
          const where = `its checkout was ${checkout?.status} and its order ${order?.status}`;
          return when(isCurrent && isAlive && !isByHand, `${intent.id} was let go while ${where}`);
        }),
    };
  },
};

const alive: readonly (string | undefined)[] = ["completing", "placed", "confirmed"];

export const storeFirst: Invariant = {
  id: "I-5",
  promise: "money is taken only once there is an order that the store was asked about",
  watch: (cloud) => {
    const taken = newlyIn((intent) => captured(intent) > 0);
    return {
      stripeChanged: () =>
        taken(cloud).flatMap((intent) =>
          when(
            !rowsOf(cloud, intent).order?.epoch,
            `${intent.id} was captured before the store had the order`,
          ),
        ),
    };
  },
};

/** The shop's own word, which only it can know: never ours. */
export const storeTook: Invariant = {
  id: "I-5",
  promise:
    "no order of a store with a shop of its own is paid or confirmed unless the shop said that it takes it",
  watch: (cloud) => {
    const taken = newlyIn((intent) => captured(intent) > 0);
    const refused = (storeId: string | undefined, orderId: string | undefined): boolean => {
      const own = shopOf(cloud, storeId)?.own;
      return own !== undefined && own.said.get(String(orderId)) !== true;
    };
    return {
      stripeChanged: () =>
        taken(cloud).flatMap((intent) => {
          const { order } = rowsOf(cloud, intent);
          return [
            ...when(
              refused(order?.storeId, order?.id),
              `${order?.id} was captured, and its shop never took it`,
            ),
            ...when(
              order?.shop && order.shop.acceptedAt === undefined,
              `${order?.id} was captured, and its shop's yes is not written down`,
            ),
          ];
        }),
      committed: (changes) =>
        ordersIn(changes)
          .filter(({ before, after }) => after?.status === "confirmed" && before?.status !== "confirmed")
          .flatMap(({ after }) =>
            when(
              refused(after?.storeId, after?.id),
              `${after?.id} was confirmed, and its shop never took it`,
            ),
          ),
    };
  },
};

/** F-07: nobody is told no, and nothing is undone, while Stripe may have said yes. */
export const knownFirst: Invariant = {
  id: "I-11",
  promise: "an undo begins after a definite no, or after its time was up; never while the outcome is unknown",
  watch: (cloud) => ({
    committed: (changes) =>
      checkoutsIn(changes)
        .filter(({ before, after }) => before?.status === "completing" && after?.status === "aborting")
        .flatMap(({ before, after }) => {
          const key = `payment#${String(before?.attempt).padStart(4, "0")}`;
          const payment = cloud.table.look("commerce", { pk: `${before?.storeId}#${before?.id}`, sk: key });
          const isOver = Number(after?.updatedAt) >= Number(before?.completingSince) + times.giveUp;
          const isUnknown =
            payment?.["status"] === "requested" && !isOver && !isGone(cloud, before?.id, before?.attempt);
          return when(isUnknown, `${before?.id} was aborted while its payment was unknown`);
        }),
  }),
};

/** Somebody let go of it, or refunded it, by hand: whoever reads that at Stripe has a definite no. */
const isGone = (cloud: Cloud, checkoutId: string | undefined, attempt: number | undefined): boolean =>
  intentsOf(cloud).some(
    ({ status, metadata, charge }) =>
      metadata["checkout"] === checkoutId &&
      metadata["attempt"] === String(attempt) &&
      (status === "canceled" || (charge !== undefined && charge.amountRefunded > 0)),
  );

/** F-31: who was frozen and goes on late finds its row in other hands. */
export const fenced: Invariant = {
  id: "I-11",
  promise: "a step changes only what is in the hands of its own run",
  watch: () => ({
    committed: (changes, served) =>
      [...checkoutsIn(changes), ...ordersIn(changes)].flatMap(({ before }) =>
        when(
          before && served?.epoch !== undefined && before.epoch !== served.epoch,
          `${before?.id} at epoch ${before?.epoch} was changed by a step of epoch ${served?.epoch}`,
        ),
      ),
  }),
};

/** By the clock of who takes it over: how far that may be off is looked at elsewhere. */
export const leasedWork: Invariant = {
  id: "I-11",
  promise: "work is taken over only after its lease is over",
  watch: () => ({
    committed: (changes) =>
      [...checkoutsIn(changes), ...ordersIn(changes)].flatMap(({ before, after }) =>
        when(
          before && after && isTakenOver(before, after) && before.leaseUntil > after.updatedAt,
          `${before?.id} was taken over while its lease ran`,
        ),
      ),
  }),
};
