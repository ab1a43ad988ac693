import { fromStripeAmount } from "#functions/payment/currency.ts";
import type { Account, Stripe, StripeRefund } from "#functions/payment/stripe.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { type ChangesOrders, changeOrder, type OrderChange, type Which } from "./change-order.ts";
import { moved, type Order } from "./order.ts";
import { refundEvents } from "./order-events.ts";
import { movedRefund, type Refund, type RefundStatus, refundMoves } from "./refund.ts";

export type RecordsRefunds = ChangesOrders & { stripe: Pick<Stripe, "listRefunds">; now: Clock };

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
      if (!paymentIntentId) return undefined;
      return withRefunds(order, await refundsAtStripe(on, account, paymentIntentId), on.now());
    });

/** All of them; a page that Stripe does not give is a fault, since what is missing would look like nothing. */
export const refundsAtStripe = async (
  on: Pick<RecordsRefunds, "stripe">,
  account: Account,
  paymentIntentId: string,
): Promise<readonly StripeRefund[]> => {
  const found: StripeRefund[] = [];
  for (let after: string | undefined, more = true; more; after = found.at(-1)?.id) {
    const page = await on.stripe.listRefunds(account, { paymentIntentId }, after);
    if (page.outcome !== "answered") throw new Error("Stripe does not list the refunds");
    found.push(...page.refunds);
    more = page.more && page.refunds.length > 0;
  }
  return found;
};

/** Pure: the order with every refund that Stripe shows; `undefined` when it knows them all. */
export const withRefunds = (
  order: Order,
  seen: readonly StripeRefund[],
  now: Instant,
): OrderChange | undefined => {
  const refunds = [...seen]
    .sort((left, right) => left.created - right.created || (left.id < right.id ? -1 : 1))
    .filter((each) => !isTheUndo(order, each))
    .reduce<readonly Refund[]>((known, each) => taken(order, known, each, now), order.refunds);
  const changed = refunds.filter((refund) => !order.refunds.includes(refund));
  if (changed.length === 0) return undefined;
  const ended = changed.filter(({ status }) => status === "succeeded" || status === "failed");
  const after = moved(order, order.status, now, {
    refunds: [...refunds],
    version: order.version + ended.length,
  });
  return { order: after, writes: refundEvents(after, ended) };
};

/** The refund that undoes a canceled order's payment is told by its `payment.state`, once. */
const isTheUndo = ({ status }: Order, { metadata }: StripeRefund): boolean =>
  metadata["refund"] === "full" && (status === "canceling" || status === "canceled");

const taken = (
  order: Order,
  refunds: readonly Refund[],
  seen: StripeRefund,
  now: Instant,
): readonly Refund[] => {
  const status = statusOf[seen.status];
  const known = knownAs(order, refunds, seen);
  if (!known) return [...refunds, unheardOf(order, refunds, seen, now)];
  if (!(refundMoves[known.status] as readonly RefundStatus[]).includes(status)) return refunds;
  const after = movedRefund(known, status, now, {
    stripeRefundId: seen.id,
    ...(seen.failureReason && { failureCode: seen.failureReason }),
  });
  return refunds.map((refund) => (refund === known ? after : refund));
};

const statusOf = {
  pending: "pending",
  requires_action: "pending",
  succeeded: "succeeded",
  failed: "failed",
  canceled: "failed",
} as const satisfies Record<StripeRefund["status"], RefundStatus>;

/**
 * By Stripe's id; or one that was asked for and whose answer nobody has: by the number that it carries, else by its
 * amount. A number that another refund has been settled with names nothing any more.
 */
const knownAs = (order: Order, refunds: readonly Refund[], seen: StripeRefund): Refund | undefined => {
  const open = refunds.filter(
    ({ status, stripeRefundId }) => status === "requested" && stripeRefundId === undefined,
  );
  return (
    refunds.find(({ stripeRefundId }) => stripeRefundId === seen.id) ??
    open.find(({ number }) => number === numberOn(order, seen)) ??
    (numberOn(order, seen) === undefined
      ? open.find(({ amount }) => amount === amountOf(order, seen))
      : undefined)
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
  const numbers = refunds.map(({ number }) => number);
  const said = numberOn(order, seen);
  return {
    number: said === undefined || numbers.includes(said) ? Math.max(0, ...numbers) + 1 : said,
    status: statusOf[seen.status],
    amount: amountOf(order, seen),
    lines: [],
    shipping: false,
    restock: false,
    reason: "other",
    origin: said === undefined ? "stripe" : "store",
    stripeRefundId: seen.id,
    failureCode: seen.failureReason,
    requestedAt: seen.created,
    updatedAt: now,
  };
};
