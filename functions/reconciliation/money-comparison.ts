import { type Checkout, isMidWay } from "#functions/checkout/checkout.ts";
import { goesBack, type Order, rests } from "#functions/order/order.ts";
import { toStripeAmount } from "#functions/payment/currency.ts";
import { divergenceFrom } from "#functions/payment/divergence.ts";
import type { Payment } from "#functions/payment/payment.ts";
import type { Account, PaymentIntent } from "#functions/payment/stripe.ts";
import type { Divergence, Ids, Kind } from "./divergence.ts";

/** What was read of an order's payment, after the order: so what runs meanwhile can only be ahead of it. */
export type PaymentRead = {
  readonly order: Order;
  /** `undefined`: Stripe does not know the id that the order has. */
  readonly intent: PaymentIntent | undefined;
  /** What went back of it, or is on its way; in Stripe's units. */
  readonly returned: number;
  /** Whether a refund that did not go back is told by itself. */
  readonly missed: boolean;
  /** Those of the checkout's other attempts. */
  readonly others: readonly PaymentIntent[];
};

/** An order against its PaymentIntent. One that is on its way is nobody's error yet; amount and currency never move. */
export const comparePayment = ({ order, others, ...read }: PaymentRead): Divergence[] => {
  const { intent } = read;
  const say = saying({ ...idsOf(order), paymentIntentId: order.payment.paymentIntentId });
  return [
    ...(intent ? priceOf(order, intent).map((kind) => say(kind)) : []),
    ...(rests(order.status) ? moneyOf(order, read).map((kind) => say(kind)) : []),
    ...others.filter(hasMoney).map(({ id }) => say("double", { paymentIntentId: id })),
  ];
};

/** An order of which only a part was taken is canceled: that all of that went back is looked at by itself. */
const priceOf = (order: Order, intent: PaymentIntent): Kind[] => {
  const { payment, quote } = order;
  if (intent.currency !== quote.currency) return ["currency"];
  const due = toStripeAmount(payment.amount, quote.currency);
  const taken = intent.status === "succeeded" && !goesBack(order) ? intent.amountReceived : due;
  return intent.amount === due && taken === due ? [] : ["amount"];
};

const moneyOf = (
  order: Order,
  { intent, returned, missed }: Pick<PaymentRead, "intent" | "returned" | "missed">,
): Kind[] => {
  if (order.status === "confirmed") return intent?.status === "succeeded" ? [] : ["recorded_not_charged"];
  if (!intent || !hasMoney(intent)) return [];
  if (intent.status !== "succeeded") return ["charged_not_recorded"];
  // A refund that came home gives nothing back, so that the order has refunds says nothing.
  return missed || returned >= intent.amountReceived ? [] : ["missing_refund"];
};

/** A buyer misses it, or will. */
export const hasMoney = ({ status, refunded }: PaymentIntent): boolean =>
  status === "requires_capture" || status === "processing" || (status === "succeeded" && !refunded);

/** What was read of a PaymentIntent that carries our ids, each row after it. */
export type IntentRead = {
  readonly intent: PaymentIntent;
  readonly account: Account;
  readonly about: Pick<Ids, "storeId" | "checkoutId">;
  readonly checkout: Checkout | undefined;
  readonly payment: Payment | undefined;
  readonly order: Order | undefined;
};

/** A PaymentIntent against who should own its money; what an order owns, the order is compared with. */
export const compareIntent = (read: IntentRead): Divergence[] => {
  const { intent, about, payment, order } = read;
  const say = saying({ ...about, orderId: order?.id, paymentIntentId: intent.id });
  if (!hasMoney(intent) || order?.payment.paymentIntentId === intent.id) return [];
  const known = payment?.paymentIntentId;
  if (order || (known !== undefined && known !== intent.id)) return [say("double")];
  return unowned(read).map((kind) => say(kind));
};

/** Nobody's yet: of a run that is under way, if it is what was asked for. */
const unowned = ({ intent, account, checkout, payment }: IntentRead): Kind[] => {
  if (!checkout) return ["charged_not_recorded"];
  const asked = payment ?? {
    ...account,
    amount: checkout.quote.totals.total,
    currency: checkout.quote.currency,
  };
  const difference = divergenceFrom({ status: "requested", ...asked }, { account, intent });
  if (difference === "amount" || difference === "currency") return [difference];
  return payment && !difference && isMidWay(checkout.status) ? [] : ["charged_not_recorded"];
};

/** Makes divergences about the same ids. */
export const saying =
  (about: Ids) =>
  (kind: Kind, more: Ids = {}): Divergence => ({ kind, ids: { ...about, ...more } });

export const idsOf = ({ storeId, checkoutId, id }: Order): Ids => ({ storeId, checkoutId, orderId: id });
