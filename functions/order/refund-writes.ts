import { storeAnswer } from "#functions/runtime/idempotency.ts";
import type { Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { OrderChange } from "./change-order.ts";
import { moved, type Order } from "./order.ts";
import { refundEvents, refundPendingEvent } from "./order-events.ts";
import { stockWritesOf } from "./order-stock.ts";
import type { Refund } from "./refund.ts";
import { viewRefund } from "./refund-view.ts";

/**
 * The order with its refunds as they are now, and all that belongs to their moves, each of which happens once by the
 * order's revision: pieces that go back into stock, events, and the answers of the requests that asked for them.
 */
export const changeRefunds = (before: Order, refunds: readonly Refund[], now: Instant): OrderChange => {
  const arrived = refunds.filter((refund) => statusBefore(before, refund) !== refund.status);
  const ended = arrived.filter(({ status }) => status === "succeeded" || status === "failed");
  const isOnItsWay = arrived.some(({ status }) => status === "pending");
  const told = before.version + ended.length;
  const order = moved(before, before.status, now, {
    refunds: [...refunds],
    version: told + (isOnItsWay ? 1 : 0),
  });
  return {
    order,
    writes: [
      ...stockWritesOf(before, order),
      ...refundEvents({ ...order, version: told }, ended),
      ...(isOnItsWay ? [refundPendingEvent(order)] : []),
      ...arrived.flatMap((refund) => answered(before, order, refund, now)),
    ],
  };
};

const statusBefore = ({ refunds }: Order, { number }: Refund): Refund["status"] | undefined =>
  refunds.find((refund) => refund.number === number)?.status;

/** The first answer that is final is the one that is repeated, whoever found it. */
const answered = (before: Order, order: Order, refund: Refund, now: Instant): Write[] =>
  refund.request && statusBefore(before, refund) === "requested"
    ? [storeAnswer(refund.request, { now, status: 201, answer: viewRefund(order, refund) })]
    : [];
