import { fromStripeAmount, toStripeAmount } from "#functions/payment/currency.ts";
import { disputesAtStripe } from "#functions/payment/read-returned.ts";
import { disputedAmount, meaningOf, oldestFirst } from "#functions/payment/returned.ts";
import type { Account, Stripe, StripeDispute } from "#functions/payment/stripe.ts";
import type { Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { type ChangesOrders, changeOrder, type OrderChange, type Which } from "./change-order.ts";
import type { Dispute } from "./dispute.ts";
import { moved, type Order } from "./order.ts";
import { disputeClosedEvent, disputeOpenedEvent } from "./order-events.ts";

export type RecordsDisputes = ChangesOrders & { stripe: Pick<Stripe, "listDisputes">; now: Clock };

/**
 * Takes over what a buyer's bank asks or has decided. Safe to run at any time and any number of times, as
 * `recordRefunds` is. Answers whether the order was changed.
 */
export const recordDisputes =
  (on: RecordsDisputes) =>
  ({ account, ...which }: Which & { account: Account }): Promise<boolean> =>
    changeOrder(on)(which, async (order) => {
      const { paymentIntentId } = order.payment;
      if (!paymentIntentId) return undefined;
      return withDisputes(order, await disputesAtStripe(on, account, paymentIntentId), on.now());
    });

/** Pure: the order with every dispute that Stripe shows; `undefined` when it knows them as they are. */
export const withDisputes = (
  order: Order,
  seen: readonly StripeDispute[],
  now: Instant,
): OrderChange | undefined => {
  const told = oldestFirst(seen).map((each) =>
    follow(
      order.disputes.find(({ id }) => id === each.id),
      asOurs(order, each, now),
    ),
  );
  const followed = told.filter(({ dispute }) => !order.disputes.includes(dispute));
  if (followed.length === 0) return undefined;
  const isOpened = followed.some(({ events }) => events.includes("opened"));
  const after = moved(order, order.status, now, {
    // Whoever looked before has not heard of this one.
    ...(isOpened && { watchedAt: undefined }),
    disputes: merged(
      order.disputes,
      followed.map(({ dispute }) => dispute),
    ),
    version: order.version + followed.reduce((sum, { events }) => sum + events.length, 0),
  });
  return { order: after, writes: eventsOf(after, order.version, followed) };
};

type Fact = "opened" | "closed";
type Followed = { readonly dispute: Dispute; readonly events: readonly Fact[] };

/** What a dispute that Stripe shows like `seen` is from now on, and what is told of it. */
const follow = (known: Dispute | undefined, seen: Dispute): Followed => {
  if (!known) return { dispute: seen, events: seen.status === "open" ? ["opened"] : ["opened", "closed"] };
  if (known.status === seen.status) return sameStatus(known, seen);
  const { reason, openedAt } = known;
  return { dispute: { ...seen, reason, openedAt }, events: [seen.status === "open" ? "opened" : "closed"] };
};

/**
 * An inquiry that became a chargeback is told again: now the money is gone, and it may be less than was asked about,
 * because some was refunded meanwhile. Never the other way round.
 */
const sameStatus = (known: Dispute, { kind, amount, evidenceDueBy }: Dispute): Followed => {
  const escalated = known.kind === "inquiry" && kind === "chargeback";
  if (!escalated && known.amount === amount && known.evidenceDueBy === evidenceDueBy)
    return { dispute: known, events: [] };
  return {
    dispute: { ...known, kind: escalated ? kind : known.kind, amount, evidenceDueBy },
    events: escalated && known.status === "open" ? ["opened"] : [],
  };
};

const merged = (known: readonly Dispute[], followed: readonly Dispute[]): Dispute[] => [
  ...known.map((each) => followed.find(({ id }) => id === each.id) ?? each),
  ...followed.filter(({ id }) => !known.some((each) => each.id === id)),
];

const eventsOf = (after: Order, version: number, followed: readonly Followed[]): Write[] =>
  followed
    .flatMap(({ dispute, events }) => events.map((event) => ({ dispute, event })))
    .map(({ dispute, event }, index) =>
      (event === "opened" ? disputeOpenedEvent : disputeClosedEvent)(after, version + index + 1, dispute),
    );

const asOurs = (order: Order, seen: StripeDispute, now: Instant): Dispute => {
  const meaning = meaningOf(seen);
  const { currency } = order.quote;
  const charged = { amountReceived: toStripeAmount(order.payment.amount, currency), currency };
  return {
    id: seen.id,
    ...meaning,
    amount: fromStripeAmount(disputedAmount(seen, charged), currency),
    reason: seen.reason,
    // Once answered, nothing is due any more but the bank's decision.
    evidenceDueBy: seen.status.endsWith("needs_response") ? seen.evidenceDueBy : undefined,
    openedAt: seen.created,
    closedAt: meaning.status === "open" ? undefined : now,
  };
};
