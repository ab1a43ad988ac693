import { z } from "zod";
import { FulfillmentView, viewFulfillment } from "#functions/fulfillment/fulfillment-view.ts";
import { Quote } from "#functions/pricing/pricing.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import type { Caller } from "#functions/values/caller.ts";
import { toIso } from "#functions/values/clock.ts";
import { CheckoutId, OrderId, PrincipalId } from "#functions/values/id.ts";
import { Currency, MinorUnits } from "#functions/values/money.ts";
import { Dispute } from "./dispute.ts";
import { type Order, PaymentState, refundableOf, Status } from "./order.ts";
import { Personal, viewPersonally } from "./personal-view.ts";
import { Progress, progressOf } from "./progress.ts";
import { refundedOf } from "./refund.ts";
import { RefundView, viewRefund } from "./refund-view.ts";

/** A dispute as integrations read it; `id` and `reason` are Stripe's. */
export const DisputeView = z.object({
  ...Dispute.pick({ id: true, status: true, kind: true, amount: true, reason: true }).shape,
  evidenceDueBy: z.iso.datetime().optional(),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().optional(),
});

/** An order as integrations read it. */
export const OrderView = z.object({
  id: OrderId,
  number: z.string(),
  checkoutId: CheckoutId,
  /** Which agent bought it. */
  principalId: PrincipalId,
  status: Status,
  currency: Currency,
  /** What was charged, in minor units. */
  total: MinorUnits,
  payment: z.object({ state: PaymentState, paymentIntentId: z.string().optional() }),
  lines: Quote.shape.lines,
  totals: Quote.shape.totals,
  /** Oldest first. */
  refunds: z.array(RefundView),
  /** What went back, or is on its way through the banks; and what may still be asked for. */
  amountRefunded: MinorUnits,
  amountRefundable: MinorUnits,
  disputes: z.array(DisputeView),
  fulfillmentOptionId: z.string().optional(),
  /** How far all of it has come; `partial`: some of it is being packed or on its way. */
  fulfillmentStatus: Progress,
  /** Oldest first. */
  fulfillments: z.array(FulfillmentView),
  cancelReason: z.string().optional(),
  permalinkUrl: z.url(),
  livemode: z.boolean(),
  ...Personal.shape,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type OrderView = z.infer<typeof OrderView>;

/** Renders an order for a caller; whoever may not read personal fields gets them masked. */
export const viewOrder =
  (on: { envelope: Pick<Envelope, "open"> }) =>
  async (caller: Caller, order: Order): Promise<OrderView> => ({
    ...viewPlainly(order),
    ...(await viewPersonally(on)(caller, order)),
  });

/** Without who bought; parcels' numbers are in it. */
export const viewPlainly = (order: Order): OrderView => ({
  id: order.id,
  number: order.number,
  checkoutId: order.checkoutId,
  principalId: order.principalId,
  status: order.status,
  currency: order.quote.currency,
  total: order.quote.totals.total,
  payment: { state: order.payment.state, paymentIntentId: order.payment.paymentIntentId },
  lines: order.quote.lines,
  totals: order.quote.totals,
  refunds: order.refunds.map((refund) => viewRefund(order, refund)),
  amountRefunded: refundedOf(order.refunds),
  amountRefundable: refundableOf(order),
  disputes: order.disputes.map(viewDispute),
  fulfillmentOptionId: order.quote.selectedOptionId,
  fulfillmentStatus: progressOf(order),
  fulfillments: order.fulfillments.map((each) => viewFulfillment(order.id, each)),
  cancelReason: order.cancelReason,
  permalinkUrl: order.permalinkUrl,
  livemode: order.livemode,
  createdAt: toIso(order.createdAt),
  updatedAt: toIso(order.updatedAt),
});

export const viewDispute = ({
  openedAt,
  closedAt,
  evidenceDueBy,
  ...same
}: Dispute): z.infer<typeof DisputeView> => ({
  id: same.id,
  status: same.status,
  kind: same.kind,
  amount: same.amount,
  reason: same.reason,
  ...(evidenceDueBy !== undefined && { evidenceDueBy: toIso(evidenceDueBy) }),
  openedAt: toIso(openedAt),
  ...(closedAt !== undefined && { closedAt: toIso(closedAt) }),
});
