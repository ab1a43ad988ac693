import { z } from "zod";
import { seconds } from "#functions/values/clock.ts";
import type {
  DisputeAnswer,
  ListedDisputes,
  ListedRefunds,
  RefundAnswer,
  StripeDispute,
  StripeRefund,
} from "./stripe.ts";
import { failureFrom, isSuccess, pageOf, type StripeResponse } from "./stripe-response.ts";

const RefundBody = z
  .object({
    id: z.string(),
    status: z.enum(["pending", "requires_action", "succeeded", "failed", "canceled"]).catch("pending"),
    amount: z.int(),
    currency: z.string(),
    payment_intent: z.string().nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    created: z.int(),
    failure_reason: z.string().nullish(),
  })
  .transform(
    ({ payment_intent, metadata, created, failure_reason, ...same }): StripeRefund => ({
      ...same,
      paymentIntentId: payment_intent ?? "",
      metadata: metadata ?? {},
      created: seconds(created),
      failureReason: failure_reason ?? undefined,
    }),
  );

export const refundFrom = (response: StripeResponse): RefundAnswer => ({
  ...(isSuccess(response)
    ? ({ outcome: "answered", refund: RefundBody.parse(response.body) } as const)
    : failureFrom(response)),
  ...(response.replayed && { replayed: true }),
});

export const refundsFrom = (response: StripeResponse): ListedRefunds => {
  if (!isSuccess(response)) return failureFrom(response);
  const { data, has_more } = pageOf(RefundBody).parse(response.body);
  return { outcome: "answered", refunds: data, more: has_more };
};

const DisputeBody = z
  .object({
    id: z.string(),
    status: z.string(),
    amount: z.int(),
    currency: z.string(),
    reason: z.string(),
    payment_intent: z.string().nullish(),
    evidence_details: z.object({ due_by: z.int().nullish() }).nullish(),
    created: z.int(),
  })
  .transform(
    ({ payment_intent, evidence_details, created, ...same }): StripeDispute => ({
      ...same,
      paymentIntentId: payment_intent ?? "",
      evidenceDueBy: evidence_details?.due_by ? seconds(evidence_details.due_by) : undefined,
      created: seconds(created),
    }),
  );

export const disputeFrom = (response: StripeResponse): DisputeAnswer =>
  isSuccess(response)
    ? { outcome: "answered", dispute: DisputeBody.parse(response.body) }
    : failureFrom(response);

export const disputesFrom = (response: StripeResponse): ListedDisputes => {
  if (!isSuccess(response)) return failureFrom(response);
  const { data, has_more } = pageOf(DisputeBody).parse(response.body);
  return { outcome: "answered", disputes: data, more: has_more };
};
