import type { StripeRefund } from "#functions/payment/stripe.ts";
import type { Instant } from "#functions/values/clock.ts";
import { movedRefund, type Refund, type RefundStatus, refundMoves } from "./refund.ts";

/** Where a refund has got to, by Stripe's word. */
export type RefundMove = {
  readonly to: RefundStatus;
  readonly facts: Partial<Pick<Refund, "stripeRefundId" | "failureCode">>;
};

export const statusOf = {
  pending: "pending",
  requires_action: "pending",
  succeeded: "succeeded",
  failed: "failed",
  canceled: "failed",
} as const satisfies Record<StripeRefund["status"], RefundStatus>;

export const moveTo = ({ id, status, failureReason }: StripeRefund): RefundMove => ({
  to: statusOf[status],
  facts: {
    stripeRefundId: id,
    ...(statusOf[status] === "failed" && { failureCode: failureReason ?? status }),
  },
});

/** The refund after it; as it was where that is no move, since what Stripe said may be older than what we know. */
export const followed = (refund: Refund, { to, facts }: RefundMove, now: Instant): Refund =>
  (refundMoves[refund.status] as readonly RefundStatus[]).includes(to)
    ? movedRefund(refund, to, now, facts)
    : refund;

/** Whether money that was on its way to the buyer, or told as there, is back at the store. */
export const cameHome = (before: readonly Refund[], after: readonly Refund[]): boolean =>
  after.some(
    ({ number, status }) =>
      status === "failed" &&
      before.some((refund) => refund.number === number && sent.includes(refund.status)),
  );

const sent: readonly RefundStatus[] = ["pending", "succeeded"];
