import type { Order } from "#functions/order/order.ts";
import { recordedUpTo } from "#functions/outbox/outbox.store.ts";
import { times } from "#functions/outbox/outbox.ts";
import { disputesAtStripe, refundsAtStripe } from "#functions/payment/read-returned.ts";
import { returnedOf } from "#functions/payment/returned.ts";
import type { Account, PaymentIntent } from "#functions/payment/stripe.ts";
import { days, minutes } from "#functions/values/clock.ts";
import { readDelivery } from "#functions/webhook/delivery.store.ts";
import type { Divergence } from "./divergence.ts";
import { compareDeliveries, compareEvents } from "./event-comparison.ts";
import { comparePayment } from "./money-comparison.ts";
import { attemptsOf, intentAt, type Reads } from "./reads.ts";
import { compareDisputes, compareRefunds } from "./refund-comparison.ts";
import type { SubjectOf } from "./subject.ts";

/** How long the bus and the queue behind it have. */
const grace = minutes(15);
/** Events and deliveries end by themselves; their last day is nobody's loss. */
const kept = times.kept - days(1);

/** The order first, then what it is compared with: whatever runs meanwhile can only be ahead of what the order says. */
export const lookAtOrder =
  (on: Reads) =>
  async ({ storeId, orderId, returned }: SubjectOf<"order">): Promise<Divergence[]> => {
    const order = await on.orders.get(storeId, orderId);
    if (!order) return [];
    const looks = await Promise.all([moneyOf(on, order, returned === true), eventsOf(on, order)]);
    return looks.flat();
  };

const moneyOf = async (on: Reads, order: Order, returned: boolean): Promise<Divergence[]> => {
  const { amount, attempt } = order.payment;
  if (amount === 0) return [];
  const attempts = await attemptsOf(on, order);
  const seen: (PaymentIntent | undefined)[] = [];
  // One by one: a page's orders are looked at together, and any of them may have been declined often.
  for (const { account, id } of attempts) seen.push(await intentAt(on, account, id));
  const paid = attempts.findIndex((each) => each.attempt === attempt);
  const intent = seen[paid];
  const others = seen.flatMap((each, index) => (each && index !== paid ? [each] : []));
  const back = await returnsOf(on, order, { intent, account: attempts[paid]?.account, returned });
  const refunds = intent && back.asked ? compareRefunds(order, intent, back.refunds) : [];
  const missed = refunds.some(({ kind }) => kind === "missing_refund");
  return [
    ...comparePayment({
      order,
      intent,
      others,
      missed,
      returned: intent ? returnedOf(back.refunds, back.disputes, intent) : 0,
    }),
    ...refunds,
    ...compareDisputes(order, back.disputes, on.now()),
  ];
};

type Paid = { intent: PaymentIntent | undefined; account: Account | undefined; returned: boolean };

/** Most orders have neither a refund nor a dispute, and the PaymentIntent says so. */
const returnsOf = async (on: Reads, order: Order, { intent, account, returned }: Paid) => {
  if (!intent || !account) return { asked: false, refunds: [], disputes: [] };
  const asked =
    returned ||
    order.refunds.length > 0 ||
    intent.amountRefunded > 0 ||
    (order.status === "canceled" && intent.status === "succeeded" && !intent.refunded);
  return {
    asked,
    refunds: asked ? await refundsAtStripe(on, account, intent.id) : [],
    disputes:
      returned || order.disputes.length > 0 || intent.disputed
        ? await disputesAtStripe(on, account, intent.id)
        : [],
  };
};

const eventsOf = async (on: Reads, order: Order): Promise<Divergence[]> => {
  const now = on.now();
  const recorded = await recordedUpTo(on.table, { ...order, subject: order.id });
  const events = recorded.map(({ event }) => event);
  const published = recorded
    .filter(({ unpublished, event }) => !unpublished && event.occurredAt <= now - grace)
    .map(({ event }) => event)
    .filter(({ occurredAt }) => occurredAt > now - kept);
  return [
    ...(order.createdAt > now - kept ? compareEvents(order, events) : []),
    ...(published.length > 0 ? await deliveriesOf(on, order, published) : []),
  ];
};

const deliveriesOf = async (
  on: Reads,
  order: Order,
  published: Parameters<typeof compareDeliveries>[1],
): Promise<Divergence[]> => {
  const endpoints = await on.endpoints.list(order.storeId);
  const wanted = compareDeliveries(order, published, { endpoints, isDelivered: () => false });
  const found = await Promise.all(
    wanted.map(({ ids: { endpointId = "", eventId = "" } }) =>
      readDelivery(on.table, { endpointId, eventId }),
    ),
  );
  return wanted.filter((_, index) => found[index] === undefined);
};
