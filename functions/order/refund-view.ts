import { z } from "zod";
import { toIso } from "#functions/values/clock.ts";
import { Currency, MinorUnits } from "#functions/values/money.ts";
import type { Order } from "./order.ts";
import { isRestocked, Refund, RefundLine, RefundReason, RefundStatus, refundIdOf } from "./refund.ts";

/** A refund as integrations read it. */
export const RefundView = z.object({
  id: z.string(),
  /** `requested`: Stripe's answer is not known yet; `pending`: the bank has not got it yet. */
  status: RefundStatus,
  /** Tax-inclusive, in minor units. */
  amount: MinorUnits,
  currency: Currency,
  lines: z.array(RefundLine),
  shipping: z.boolean(),
  reason: RefundReason,
  restocked: z.boolean(),
  origin: Refund.shape.origin,
  /** Stripe's code, where it failed. */
  failureCode: z.string().optional(),
  stripeRefundId: z.string().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type RefundView = z.infer<typeof RefundView>;

export const viewRefund = ({ id, quote }: Pick<Order, "id" | "quote">, refund: Refund): RefundView => ({
  id: refundIdOf(id, refund),
  status: refund.status,
  amount: refund.amount,
  currency: quote.currency,
  lines: refund.lines,
  shipping: refund.shipping,
  reason: refund.reason,
  restocked: isRestocked(refund),
  origin: refund.origin,
  ...(refund.failureCode && { failureCode: refund.failureCode }),
  ...(refund.stripeRefundId && { stripeRefundId: refund.stripeRefundId }),
  createdAt: toIso(refund.requestedAt),
  updatedAt: toIso(refund.updatedAt),
});
