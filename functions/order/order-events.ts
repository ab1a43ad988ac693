import type { z } from "zod";
import { customerErased } from "#events/customer-erased.ts";
import { customerUpdated } from "#events/customer-updated.ts";
import { disputeClosed } from "#events/dispute-closed.ts";
import { disputeOpened } from "#events/dispute-opened.ts";
import { toReasonCode } from "#events/facts.ts";
import { orderCanceled } from "#events/order-canceled.ts";
import { orderConfirmed } from "#events/order-confirmed.ts";
import { orderPlaced } from "#events/order-placed.ts";
import { orderUpdated } from "#events/order-updated.ts";
import { paymentCaptured } from "#events/payment-captured.ts";
import { paymentFailed } from "#events/payment-failed.ts";
import { refundFailed } from "#events/refund-failed.ts";
import { refundSucceeded } from "#events/refund-succeeded.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import type { Write } from "#functions/runtime/table.ts";
import type { Dispute } from "./dispute.ts";
import type { Order } from "./order.ts";
import { type Refund, refundIdOf } from "./refund.ts";

const about = ({ storeId, livemode, principalId, id, updatedAt }: Order, version: number) => ({
  storeId,
  livemode,
  principalId,
  subject: id,
  version,
  occurredAt: updatedAt,
});

const facts = ({ id, checkoutId, quote }: Order) => ({
  orderId: id,
  checkoutId,
  total: quote.totals.total,
  currency: quote.currency,
});

export const placedEvent = (order: Order): Write =>
  recordEvent({
    ...about(order, order.version),
    definition: orderPlaced,
    data: { ...facts(order), status: "placed" },
  });

/** Each order's events count on from its version: `after.version` is that of the last one here. */
export const confirmedEvents = (after: Order): Write[] => [
  ...(after.payment.state === "captured" && after.payment.paymentIntentId
    ? [
        recordEvent({
          ...about(after, after.version - 1),
          definition: paymentCaptured,
          data: {
            orderId: after.id,
            checkoutId: after.checkoutId,
            amount: after.payment.amount,
            currency: after.quote.currency,
            paymentIntentId: after.payment.paymentIntentId,
          },
        }),
      ]
    : []),
  recordEvent({
    ...about(after, after.version),
    definition: orderConfirmed,
    data: { ...facts(after), status: "confirmed" },
  }),
];

export const captureFailed = "capture_failed";

/** How many events a cancellation records: a failed capture and the refund of the rest are facts of their own. */
export const canceledEventCount = (order: Order, rest: Refund | undefined): number =>
  1 + (order.cancelReason === captureFailed ? 1 : 0) + endedOf(rest).length;

/** `after.version` is that of the last of them. */
export const canceledEvents = (
  after: Order,
  payment: "not_required" | "voided" | "refunded",
  rest: Refund | undefined,
): Write[] => [
  ...(after.cancelReason === captureFailed
    ? [captureFailedEvent({ ...after, version: after.version - 1 - endedOf(rest).length })]
    : []),
  ...refundEvents({ ...after, version: after.version - 1 }, endedOf(rest)),
  recordEvent({
    ...about(after, after.version),
    definition: orderCanceled,
    data: { ...facts(after), status: "canceled", reason: toReasonCode(after.cancelReason), payment },
  }),
];

const endedOf = (rest: Refund | undefined): Refund[] => (rest?.status === "succeeded" ? [rest] : []);

const captureFailedEvent = (after: Order): Write =>
  recordEvent({
    ...about(after, after.version),
    definition: paymentFailed,
    data: {
      checkoutId: after.checkoutId,
      orderId: after.id,
      stage: "capture",
      attempt: after.payment.attempt,
      amount: after.payment.amount,
      currency: after.quote.currency,
      reason: captureFailed,
    },
  });

/** Refunds that came to their end, each a fact of its own; `after.version` is that of the last one. */
export const refundEvents = (after: Order, ended: readonly Refund[]): Write[] =>
  ended.map((refund, index) => {
    const at = about(after, after.version - ended.length + 1 + index);
    const data = {
      orderId: after.id,
      checkoutId: after.checkoutId,
      refundId: refundIdOf(after.id, refund),
      amount: refund.amount,
      currency: after.quote.currency,
    };
    return refund.status === "failed"
      ? recordEvent({
          ...at,
          definition: refundFailed,
          data: { ...data, reason: toReasonCode(refund.failureCode) },
        })
      : recordEvent({ ...at, definition: refundSucceeded, data });
  });

/** A change that has no event of its own, and of what. */
const updatedEvent = (after: Order, changed: z.input<typeof orderUpdated.data>["changed"]): Write =>
  recordEvent({
    ...about(after, after.version),
    definition: orderUpdated,
    data: { orderId: after.id, checkoutId: after.checkoutId, status: after.status, changed },
  });

/** It is decided that it goes back: nothing will be shipped, and the cancellation is under way. */
export const cancelingEvent = (after: Order): Write => updatedEvent(after, ["fulfillment", "adjustment"]);

/** Something was packed, sent, delivered, lost or came back. */
export const fulfillmentEvent = (after: Order): Write => updatedEvent(after, ["fulfillment"]);

/** The bank takes its time: the money is neither with the buyer nor failed. */
export const refundPendingEvent = (after: Order): Write => updatedEvent(after, ["adjustment"]);

const disputeData = (order: Order, { id, kind, amount, reason }: Dispute) => ({
  orderId: order.id,
  checkoutId: order.checkoutId,
  disputeId: id,
  kind,
  amount,
  currency: order.quote.currency,
  reason: toReasonCode(reason),
});

export const disputeOpenedEvent = (order: Order, version: number, dispute: Dispute): Write =>
  recordEvent({
    ...about(order, version),
    definition: disputeOpened,
    data: { ...disputeData(order, dispute), evidenceDueBy: dispute.evidenceDueBy },
  });

export const disputeClosedEvent = (order: Order, version: number, dispute: Dispute): Write =>
  recordEvent({
    ...about(order, version),
    definition: disputeClosed,
    data: { ...disputeData(order, dispute), outcome: dispute.status === "lost" ? "lost" : "won" },
  });

const buyerEvent = (definition: typeof customerErased | typeof customerUpdated, after: Order): Write =>
  recordEvent({
    ...about(after, after.version),
    definition,
    data: { orderId: after.id, checkoutId: after.checkoutId },
  });

export const erasedEvent = (after: Order): Write => buyerEvent(customerErased, after);
export const rectifiedEvent = (after: Order): Write => buyerEvent(customerUpdated, after);
