import { disputedOf } from "#functions/order/dispute.ts";
import type { Order } from "#functions/order/order.ts";
import { refundedOf, refundingOf } from "#functions/order/refund.ts";
import type { Payment } from "#functions/payment/payment.ts";
import type { Intent } from "#infra/local/stripe/objects.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { captured, disputed, givenBack, intentsOf, sum, waitsForBank, waitsForShop } from "./at-stripe.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { allOrders, allPayments, ordersIn, paymentsIn } from "./rows.ts";

export const oneCapture: Invariant = {
  id: "I-1",
  promise: "at most one capture an order",
  watch: (cloud) => ({
    stripeChanged: () => {
      const checkouts = intentsOf(cloud)
        .filter((intent) => captured(intent) > 0)
        .map(({ metadata }) => metadata["checkout"]);
      return checkouts
        .filter((id, index) => checkouts.indexOf(id) !== index)
        .map((id) => `${id} was charged twice`);
    },
  }),
};

export const capturedAmount: Invariant = {
  id: "I-1",
  promise: "no more is captured than the order's total",
  watch: (cloud) => ({
    atRest: () =>
      allOrders(cloud).flatMap(({ id, checkoutId, quote }) =>
        when(
          sum(intentsOf(cloud, checkoutId), captured) > quote.totals.total,
          `${id} cost more than its total`,
        ),
      ),
  }),
};

/** Money that Stripe holds or has taken belongs to an order that stands, or goes back. */
export const noOrphan: Invariant = {
  id: "I-2",
  promise: "what is captured or held is an order's, or given back",
  watch: (cloud) => ({
    atRest: (rest) => {
      if (rest === "15 minutes") return [];
      const orders = new Map(allOrders(cloud).map((order) => [order.checkoutId as string, order]));
      return intentsOf(cloud).flatMap((intent) => {
        const order = orders.get(intent.metadata["checkout"] ?? "");
        const isKept = keptOf(cloud, intent) > cameHome(cloud, intent);
        const isOrders = order && (order.status === "confirmed" || waitsForBank(cloud, order));
        const isWaited = order !== undefined && waitsForShop(cloud, order);
        return [
          ...when(intent.status === "requires_capture" && !isWaited, `${intent.id} is held for nobody`),
          ...when(intent.status === "processing", `${intent.id} is processing for ever`),
          ...when(isKept && !isOrders, `${intent.id} was captured and its order is ${order?.status}`),
        ];
      });
    },
  }),
};

/** Asked as it is written, too: what finds forgotten money later may make good for who did not look. */
export const noHoldLeft: Invariant = {
  id: "I-2",
  promise: "a payment that says voided or declined holds no money",
  watch: (cloud) => ({
    committed: (changes) =>
      paymentsIn(changes).flatMap(({ before, after }) =>
        after && after.status !== before?.status ? holding(cloud, after) : [],
      ),
    atRest: (rest) =>
      rest === "15 minutes" ? [] : allPayments(cloud).flatMap((payment) => holding(cloud, payment)),
  }),
};

const holding = (cloud: Cloud, { checkoutId, attempt, status }: Payment): Problems =>
  status !== "voided" && status !== "declined"
    ? []
    : intentsOf(cloud, checkoutId)
        .filter(({ metadata }) => metadata["attempt"] === String(attempt))
        .filter((intent) => isHeld(cloud, intent))
        .map(({ id }) => `attempt ${attempt} of ${checkoutId} is ${status}, and ${id} holds money`);

const keptOf = (cloud: Cloud, intent: Intent): number =>
  captured(intent) - givenBack(cloud, intent) - disputed(cloud, intent);

/** A bank sent so much back: an alarm says so, and people find another way. */
const cameHome = ({ stripe }: Cloud, { id }: Intent): number =>
  stripe
    .refunds()
    .filter(({ intentId, status }) => intentId === id && status === "failed")
    .reduce((total, { amount }) => total + amount, 0);

const isHeld = (cloud: Cloud, intent: Intent): boolean =>
  intent.status === "requires_capture" || keptOf(cloud, intent) > 0;

export const paidMeansCaptured: Invariant = {
  id: "I-3",
  promise: "an order that says paid is captured at Stripe: amount, currency, account",
  watch: (cloud) => ({
    committed: (changes) =>
      ordersIn(changes).flatMap(({ before, after }) => {
        const isNews = after?.payment.state === "captured" && before?.payment.state !== "captured";
        return when(isNews && !isPaid(cloud, after), `${after?.id} says paid and is not`);
      }),
  }),
};

/** Nothing ships before `order.confirmed`, and that is not said before the money is there, nor after a cancellation. */
export const shipsPaid: Invariant = {
  id: "I-5",
  promise: "nothing is fulfilled before it is paid, twice, or after its cancellation",
  watch: (cloud) => ({
    committed: (changes) =>
      ordersIn(changes)
        .filter(({ before, after }) => after?.status === "confirmed" && before?.status !== "confirmed")
        .flatMap(({ before, after }) => [
          ...when(before?.status !== "placed", `${after?.id} was confirmed after ${before?.status}`),
          ...when(after && isDue(after) && !isPaid(cloud, after), `${after?.id} ships unpaid`),
        ]),
  }),
};

export const conserved: Invariant = {
  id: "I-4",
  promise: "money is conserved: what Stripe took and gave back is what the order says",
  watch: (cloud) => ({
    atRest: (rest) =>
      rest === "15 minutes"
        ? []
        : allOrders(cloud).flatMap((order) => {
            const intents = intentsOf(cloud, order.checkoutId);
            const out = (intent: Intent) => givenBack(cloud, intent) + disputed(cloud, intent);
            const atStripe = sum(intents, captured) - sum(intents, out);
            const ours = saidOf(order);
            const differs = atStripe !== ours && !waitsForBank(cloud, order);
            return when(differs, `${order.id}: Stripe keeps ${atStripe}, the order says ${ours}`);
          }),
  }),
};

export const refundedOnce: Invariant = {
  id: "I-12",
  promise: "no more is refunded than was captured, and each refund once",
  watch: (cloud) => ({
    stripeChanged: () => {
      const made = cloud.stripe
        .refunds()
        .filter(({ metadata, status }) => metadata["refund"] !== undefined && status !== "failed")
        .map(({ intentId, metadata }) => `refund ${metadata["refund"]} of ${intentId}`);
      return [
        ...intentsOf(cloud).flatMap((intent) =>
          when(givenBack(cloud, intent) > captured(intent), `${intent.id} gave back more than it took`),
        ),
        ...made
          .filter((refund, index) => made.indexOf(refund) !== index)
          .map((refund) => `${refund} was made twice`),
      ];
    },
  }),
};

export const reservedWithin: Invariant = {
  id: "I-12",
  promise: "what is refunded, being refunded and disputed is never more than was captured",
  watch: (cloud) => ({
    committed: (changes) =>
      ordersIn(changes).flatMap(({ after }) => {
        if (!after) return [];
        const live = after.refunds.filter(({ stripeRefundId }) => !isHome(cloud, stripeRefundId));
        // What somebody refunds at Stripe meanwhile may leave too little for one that is asked for: Stripe refuses it.
        const ours = live.filter(({ origin }) => origin !== "stripe");
        const out = Math.max(refundedOf(live), refundedOf(ours) + refundingOf(ours));
        return when(out > after.payment.amount, `${after.id} gives back ${out} of ${after.payment.amount}`);
      }),
  }),
};

/** The bank sent it back, and Stripe's event may still be on its way: that money is the order's again. */
const isHome = ({ stripe }: Cloud, stripeRefundId: string | undefined): boolean =>
  stripe.refunds().some(({ id, status }) => id === stripeRefundId && status === "failed");

const isDue = ({ quote }: Order): boolean => quote.totals.total > 0;

/** Both stores sell in a currency that Stripe counts as we do. */
const saidOf = ({ payment, refunds, disputes }: Order): number => {
  const wasTaken = payment.state === "captured" || payment.state === "refunded";
  return wasTaken ? payment.amount - refundedOf(refunds) - disputedOf(disputes) : 0;
};

const isPaid = (cloud: Cloud, { storeId, checkoutId, quote, payment }: Order): boolean => {
  const owner = storeId === cloud.shops[1].storeId ? "test acct_second000" : "test own";
  return intentsOf(cloud, checkoutId).some(
    (intent) =>
      captured(intent) === quote.totals.total &&
      intent.currency === quote.currency &&
      intent.owner === owner &&
      intent.id === payment.paymentIntentId,
  );
};
