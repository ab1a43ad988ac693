import type { Order } from "#functions/order/order.ts";
import { refundedOf } from "#functions/order/refund.ts";
import type { Intent } from "#infra/local/stripe/state.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { Invariant } from "./invariant.ts";
import { allOrders, allPayments, ordersIn } from "./rows.ts";

/** What Stripe itself says: our rows are no witness of money. */
export const intentsOf = ({ stripe }: Cloud, checkoutId?: string): Intent[] =>
  stripe.intents().filter(({ metadata }) => checkoutId === undefined || metadata["checkout"] === checkoutId);

const captured = ({ charge }: Intent): number => charge?.amountCaptured ?? 0;
const givenBack = ({ charge }: Intent): number => charge?.amountRefunded ?? 0;

export const oneCapture: Invariant = {
  id: "I-1",
  promise: "at most one capture an order, of no more than its total",
  watch: (cloud, broken) => ({
    stripeChanged: () => {
      const taken = new Map<string, Intent>();
      for (const intent of intentsOf(cloud)) {
        if (captured(intent) === 0) continue;
        const checkout = intent.metadata["checkout"] ?? "";
        if (taken.has(checkout)) broken(`${checkout} was charged twice`);
        taken.set(checkout, intent);
      }
    },
  }),
};

export const capturedAmount: Invariant = {
  id: "I-1",
  promise: "what is captured is the order's total",
  watch: (cloud, broken) => ({
    atRest: () => {
      for (const order of allOrders(cloud))
        for (const intent of intentsOf(cloud, order.checkoutId))
          if (captured(intent) > stripeAmount(order)) broken(`${order.id} cost ${captured(intent)}`);
    },
  }),
};

/** Money that Stripe holds or has taken belongs to an order that stands, or goes back. */
export const noOrphan: Invariant = {
  id: "I-2",
  promise: "what is captured or held is an order's, or given back",
  watch: (cloud, broken) => ({
    atRest: (rest) => {
      if (rest === "15 minutes") return;
      const orders = new Map(allOrders(cloud).map((order) => [order.checkoutId as string, order]));
      for (const intent of intentsOf(cloud)) {
        const order = orders.get(intent.metadata["checkout"] ?? "");
        if (intent.status === "requires_capture") broken(`${intent.id} is held for nobody`);
        if (intent.status === "processing") broken(`${intent.id} is processing for ever`);
        if (captured(intent) > givenBack(intent) && order?.status !== "confirmed")
          broken(`${intent.id} was captured and its order is ${order?.status ?? "not there"}`);
      }
    },
  }),
};

export const paidMeansCaptured: Invariant = {
  id: "I-3",
  promise: "an order that says paid is captured at Stripe: amount, currency, account",
  watch: (cloud, broken) => ({
    committed: (changes) => {
      for (const { before, after } of ordersIn(changes))
        if (after && after.payment.state === "captured" && before?.payment.state !== "captured")
          if (!isPaid(cloud, after)) broken(`${after.id} says paid and is not`);
    },
  }),
};

/** Nothing ships before `order.confirmed`, and that is not said before the money is there, nor after a cancellation. */
export const shipsPaid: Invariant = {
  id: "I-5",
  promise: "nothing is fulfilled before it is paid, twice, or after its cancellation",
  watch: (cloud, broken) => ({
    committed: (changes) => {
      for (const { before, after } of ordersIn(changes)) {
        if (after?.status !== "confirmed" || before?.status === "confirmed") continue;
        if (before?.status !== "placed") broken(`${after.id} was confirmed after ${before?.status}`);
        if (after.quote.totals.total > 0 && !isPaid(cloud, after)) broken(`${after.id} ships unpaid`);
      }
    },
  }),
};

export const conserved: Invariant = {
  id: "I-4",
  promise: "money is conserved: what Stripe took and gave back is what the order says",
  watch: (cloud, broken) => ({
    atRest: (rest) => {
      if (rest === "15 minutes") return;
      for (const order of allOrders(cloud)) {
        const intents = intentsOf(cloud, order.checkoutId);
        const atStripe = sum(intents, captured) - sum(intents, givenBack);
        const ours = keptOf(order);
        if (atStripe !== ours) broken(`${order.id}: Stripe keeps ${atStripe}, the order says ${ours}`);
      }
    },
  }),
};

export const refundedOnce: Invariant = {
  id: "I-12",
  promise: "no more is refunded than was captured, and each refund once",
  watch: (cloud, broken) => ({
    stripeChanged: () => {
      for (const intent of intentsOf(cloud))
        if (givenBack(intent) > captured(intent)) broken(`${intent.id} gave back more than it took`);
      const seen = new Set<string>();
      for (const refund of cloud.stripe.refunds() as (ReturnType<Cloud["stripe"]["refunds"]>[number] &
        Labeled)[]) {
        const { refund: number } = refund.metadata ?? {};
        if (number === undefined || refund.status === "failed" || refund.status === "canceled") continue;
        const id = `${refund.intentId} ${number}`;
        if (seen.has(id)) broken(`refund ${number} of ${refund.intentId} was made twice`);
        seen.add(id);
      }
    },
  }),
};
type Labeled = { metadata?: Record<string, string>; status?: string };

/** A payment row's end is the truth at Stripe too. */
export const noHoldLeft: Invariant = {
  id: "I-2",
  promise: "a payment that says voided or declined holds no money",
  watch: (cloud, broken) => ({
    atRest: (rest) => {
      if (rest === "15 minutes") return;
      for (const payment of allPayments(cloud)) {
        if (payment.status !== "voided" && payment.status !== "declined") continue;
        const held = intentsOf(cloud, payment.checkoutId)
          .filter(({ metadata }) => metadata["attempt"] === String(payment.attempt))
          .some((intent) => intent.status === "requires_capture" || captured(intent) > givenBack(intent));
        if (held)
          broken(`attempt ${payment.attempt} of ${payment.checkoutId} is ${payment.status} and holds money`);
      }
    },
  }),
};

/** Both stores sell in a currency that Stripe counts as we do. */
const keptOf = ({ payment, refunds }: Order): number =>
  payment.state === "captured" ? payment.amount - refundedOf(refunds) : 0;

const stripeAmount = ({ quote }: Order): number => quote.totals.total;

const isPaid = (cloud: Cloud, order: Order): boolean => {
  const shop = cloud.shops.find(({ storeId }) => storeId === order.storeId);
  const owner = shop === cloud.shops[1] ? "test acct_second000" : "test own";
  return intentsOf(cloud, order.checkoutId).some(
    (intent) =>
      captured(intent) === stripeAmount(order) &&
      intent.currency === order.quote.currency &&
      intent.owner === owner &&
      intent.id === order.payment.paymentIntentId,
  );
};

const sum = (intents: readonly Intent[], amount: (intent: Intent) => number): number =>
  intents.reduce((total, intent) => total + amount(intent), 0);
