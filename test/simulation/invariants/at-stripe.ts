import { type Order, times } from "#functions/order/order.ts";
import type { Intent } from "#infra/local/stripe/objects.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { shopOf } from "../cloud/shop.ts";

/** What Stripe itself says: our rows are no witness of money. */
export const intentsOf = ({ stripe }: Cloud, checkoutId?: string): Intent[] =>
  stripe.state
    .all("intent")
    .filter(({ metadata }) => checkoutId === undefined || metadata["checkout"] === checkoutId);

export const captured = ({ charge }: Intent): number => charge?.amountCaptured ?? 0;

/** A refund that the bank has not got yet is on its way. */
export const givenBack = ({ stripe }: Cloud, { id }: Intent): number =>
  stripe.state
    .all("refund")
    .filter(({ intentId, status }) => intentId === id && status !== "failed")
    .reduce((total, { amount }) => total + amount, 0);

/** What a bank holds or took; an inquiry takes nothing. */
export const disputed = ({ stripe }: Cloud, { id }: Intent): number =>
  stripe.state
    .all("dispute")
    .filter(({ intentId, status }) => intentId === id && status !== "won" && !status.startsWith("warning_"))
    .reduce((total, { amount }) => total + amount, 0);

/** While a bank asks it takes nothing, and an order that is not confirmed yet stays as it is. */
export const waitsForBank = (cloud: Cloud, { status, checkoutId }: Pick<Order, "status" | "checkoutId">) =>
  status === "placed" && intentsOf(cloud, checkoutId).some((intent) => isAskedAbout(cloud, intent));

const isAskedAbout = ({ stripe }: Cloud, { id }: Intent): boolean =>
  stripe.state.all("dispute").some(({ intentId, status }) => intentId === id && inquiries.includes(status));

const inquiries: readonly string[] = ["warning_needs_response", "warning_under_review"];

export const sum = (intents: readonly Intent[], amount: (intent: Intent) => number): number =>
  intents.reduce((total, intent) => total + amount(intent), 0);

/**
 * Its own shop is away, or did not answer and is asked again (how soon, `askedAgain` judges), or was a moment ago: it
 * waits there with its money held, for the day in which it is sent again, or for as long as its store wants, of which an
 * alarm tells.
 */
export const waitsForShop = (cloud: Cloud, order: Order): boolean => {
  const { receivers, alarms, world } = cloud;
  const own = shopOf(cloud, order.storeId)?.own;
  if (!own || order.status !== "placed" || order.shop?.acceptedAt !== undefined) return false;
  const lately = world.scheduler.now() - 3 * 60_000;
  const since = Math.max(order.createdAt, ...order.disputes.map(({ closedAt }) => closedAt ?? 0));
  const isHeld = own.unanswered === "hold" && alarms.has("StoreSilent");
  const isAway = Math.max(receivers.awayUntil(own.url), order.shop?.retryAt ?? 0) > lately;
  return isAway && (since + times.giveUp > lately || isHeld);
};
