import { fromStripeAmount } from "#functions/payment/currency.ts";
import { isRefundOf } from "#functions/payment/payment.ts";
import { refundsAtStripe } from "#functions/payment/read-returned.ts";
import { isAlive, oldestFirst } from "#functions/payment/returned.ts";
import type { Account, Stripe, StripeRefund } from "#functions/payment/stripe.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { type ChangesOrders, changeOrder, type OrderChange, type Which } from "./change-order.ts";
import { disputedOf, isContested } from "./dispute.ts";
import { cancelingAnew, type Order, wasCaptured } from "./order.ts";
import { cancelingEvent } from "./order-events.ts";
import { nextNumber, type Refund, refundingOf } from "./refund.ts";
import { cameHome, followed, moveTo, statusOf } from "./refund-move.ts";
import { changeRefunds } from "./refund-writes.ts";

export type RecordsRefunds = ChangesOrders & {
  stripe: Pick<Stripe, "listRefunds" | "retrievePaymentIntent">;
  now: Clock;
  /** Money that was told as given back and came home again: somebody must hear of it. */
  count: Count;
};

/**
 * Takes over what was given back at Stripe, whoever began it: a refund of ours whose answer was lost, one that
 * somebody made in the dashboard, one that the bank sent back. Safe to run at any time and any number of times: each
 * refund is known by Stripe's id and only moves forward. Answers whether the order was changed.
 */
export const recordRefunds =
  (on: RecordsRefunds) =>
  ({ account, ...which }: Which & { account: Account }): Promise<boolean> =>
    changeOrder(on)(which, async (order) => {
      const { paymentIntentId } = order.payment;
      if (!paymentIntentId || !(await wasTaken(on, account, order, paymentIntentId))) return undefined;
      const change = withRefunds(order, await refundsAtStripe(on, account, paymentIntentId), on.now());
      // Before it is written: from then on nobody comes upon it any more.
      if (change && cameHome(order.refunds, change.order.refunds)) on.count("RefundFailed");
      return change;
    });

/** A bank may keep us from writing the capture down: then Stripe alone says whether money was taken. */
const wasTaken = async (
  on: Pick<RecordsRefunds, "stripe">,
  account: Account,
  order: Order,
  paymentIntentId: string,
): Promise<boolean> => {
  if (wasCaptured(order)) return true;
  const answer = await on.stripe.retrievePaymentIntent(account, paymentIntentId);
  if (answer.outcome === "unknown") throw new Error("Stripe does not show the PaymentIntent");
  return answer.outcome === "answered" && wasCaptured(order, answer.intent);
};

/** Pure: the order with every refund that Stripe shows; `undefined` when it knows them all. */
export const withRefunds = (
  order: Order,
  seen: readonly StripeRefund[],
  now: Instant,
): OrderChange | undefined => {
  const undone = wasUndone(order, seen);
  const refunds = oldestFirst(seen)
    .filter((each) => !(isRefundOf(order, "full", each) && (undone || order.status === "canceling")))
    .reduce<readonly Refund[]>((known, each) => taken(order, known, each, now), order.refunds);
  const known = refunds.every((refund) => order.refunds.includes(refund));
  if (!known) return changeRefunds(order, refunds, now);
  return undone ? takenBack(cancelingAnew(order, "other", now)) : undefined;
};

const takenBack = (order: Order): OrderChange => ({ order, writes: [cancelingEvent(order)] });

/**
 * All of it went back by its undo, which only begins once it is decided here: a restore lost that decision, so it is
 * taken again. While an undo is going on, it notes its own refund at its end.
 */
const wasUndone = (order: Order, seen: readonly StripeRefund[]): boolean =>
  order.status === "confirmed" &&
  !isContested(order) &&
  refundingOf(order.refunds) === 0 &&
  seen.some((each) => isAlive(each) && isRefundOf(order, "full", each)) &&
  seen.filter(isAlive).reduce((sum, each) => sum + amountOf(order, each), disputedOf(order.disputes)) >=
    order.payment.amount;

const taken = (
  order: Order,
  refunds: readonly Refund[],
  seen: StripeRefund,
  now: Instant,
): readonly Refund[] => {
  const known = knownAs(order, refunds, seen);
  if (!known) return [...refunds, unheardOf(order, refunds, seen, now)];
  const after = followed(known, moveTo(seen), now);
  return refunds.map((refund) => (refund === known ? after : refund));
};

/**
 * By Stripe's id; or one that was asked for and whose answer nobody has: by the number that each of ours carries, if
 * it is of that amount, since a restore may have given a number out again. One without a number is never ours.
 */
const knownAs = (order: Order, refunds: readonly Refund[], seen: StripeRefund): Refund | undefined => {
  const said = numberOn(order, seen);
  const asked = refunds.find(({ number, status }) => number === said && status === "requested");
  return (
    refunds.find(({ stripeRefundId }) => stripeRefundId === seen.id) ??
    (asked?.amount === amountOf(order, seen) ? asked : undefined)
  );
};

/** Which refund of this very order it says to be. */
const numberOn = ({ storeId, checkoutId }: Order, { metadata }: StripeRefund): number | undefined =>
  metadata["store"] === storeId &&
  metadata["checkout"] === checkoutId &&
  /^[1-9]\d{0,8}$/.test(metadata["refund"] ?? "")
    ? Number(metadata["refund"])
    : undefined;

const amountOf = ({ quote }: Order, { amount }: StripeRefund): number =>
  fromStripeAmount(amount, quote.currency);

/** One that nobody here has written down: somebody made it at Stripe, or a restore has lost it. */
const unheardOf = (order: Order, refunds: readonly Refund[], seen: StripeRefund, now: Instant): Refund => {
  const said = numberOn(order, seen);
  return {
    number: said === undefined || refunds.some(({ number }) => number === said) ? nextNumber(refunds) : said,
    status: statusOf[seen.status],
    amount: amountOf(order, seen),
    lines: [],
    shipping: false,
    restock: false,
    reason: "other",
    origin: originOf(order, said, seen),
    stripeRefundId: seen.id,
    failureCode: seen.failureReason,
    requestedAt: seen.created,
    updatedAt: now,
  };
};

const originOf = (order: Order, said: number | undefined, seen: StripeRefund): Refund["origin"] => {
  if (isRefundOf(order, "full", seen)) return "cancellation";
  return said === undefined ? "stripe" : "store";
};
