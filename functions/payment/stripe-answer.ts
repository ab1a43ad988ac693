import { z } from "zod";
import { seconds } from "#functions/values/clock.ts";
import type {
  Answer,
  Authorization,
  DisputeAnswer,
  Listed,
  ListedDisputes,
  ListedRefunds,
  PaymentIntent,
  RefundAnswer,
  Refusal,
  StripeDispute,
  StripeRefund,
  Unknown,
} from "./stripe.ts";

/** An HTTP answer of Stripe's API v1, whoever carried it. */
export type StripeResponse = {
  readonly status: number;
  readonly body: unknown;
  /** Header `Idempotent-Replayed`: Stripe repeats what it answered to this key before. */
  readonly replayed: boolean;
};

/** Our key or our account is wrong: no outcome of a payment, but a fault that an operator must mend. */
export class StripeMisconfigured extends Error {
  override readonly name = "StripeMisconfigured";
}

const Charge = z.object({
  id: z.string(),
  refunded: z.boolean().nullish(),
  amount_refunded: z.int().nullish(),
  disputed: z.boolean().nullish(),
  payment_method_details: z
    .object({ card: z.object({ capture_before: z.int().nullish() }).nullish() })
    .nullish(),
});

const ErrorFields = z.object({ code: z.string().nullish(), decline_code: z.string().nullish() });

const Intent = z
  .object({
    id: z.string(),
    status: z.string(),
    amount: z.int(),
    amount_received: z.int().nullish(),
    currency: z.string(),
    created: z.int(),
    metadata: z.record(z.string(), z.string()).nullish(),
    latest_charge: z.union([z.string(), Charge]).nullish(),
    last_payment_error: ErrorFields.nullish(),
  })
  .transform(({ id, status, amount, currency, ...more }): PaymentIntent => {
    const charge = typeof more.latest_charge === "string" ? { id: more.latest_charge } : more.latest_charge;
    const seen = typeof more.latest_charge === "string" ? undefined : more.latest_charge;
    const captureBefore = seen?.payment_method_details?.card?.capture_before;
    return {
      id,
      status,
      amount,
      amountReceived: more.amount_received ?? 0,
      amountRefunded: seen?.amount_refunded ?? 0,
      currency,
      created: seconds(more.created),
      metadata: more.metadata ?? {},
      chargeId: charge?.id,
      captureBefore: captureBefore ? seconds(captureBefore) : undefined,
      refunded: seen?.refunded === true,
      disputed: seen?.disputed === true,
      error: more.last_payment_error ? errorOf(more.last_payment_error) : undefined,
    };
  });

const errorOf = ({ code, decline_code }: z.infer<typeof ErrorFields>) => ({
  code: code ?? "unspecified",
  declineCode: decline_code ?? undefined,
});

const Failure = z.object({
  error: ErrorFields.extend({
    type: z.string().nullish(),
    payment_intent: Intent.nullish().catch(undefined),
  }),
});

export const authorizationFrom = (response: StripeResponse): Authorization => {
  if (isSuccess(response)) return authorizationOf(Intent.parse(response.body));
  if (response.status !== 402) return failureFrom(response);
  const { error } = Failure.parse(response.body);
  const { code, declineCode } = errorOf(error);
  const intent = error.payment_intent ?? undefined;
  return code === "authentication_required" || declineCode === "authentication_required"
    ? { outcome: "requires_action", intent }
    : { outcome: "declined", code, declineCode, intent };
};

/** What a PaymentIntent says about the authorization that was asked for. */
export const authorizationOf = (intent: PaymentIntent): Authorization => {
  const { status, error } = intent;
  switch (status) {
    case "requires_capture":
    case "succeeded":
      return { outcome: "authorized", intent };
    case "requires_action":
      return { outcome: "requires_action", intent };
    case "requires_payment_method":
    case "canceled":
      return error?.code === "authentication_required"
        ? { outcome: "requires_action", intent }
        : { outcome: "declined", code: error?.code ?? status, declineCode: error?.declineCode, intent };
    default:
      return { outcome: "unknown", reason: status, keySpent: true };
  }
};

export const answerFrom = (response: StripeResponse): Answer =>
  isSuccess(response) ? { outcome: "answered", intent: Intent.parse(response.body) } : failureFrom(response);

export const listedFrom = (response: StripeResponse): Listed => {
  if (!isSuccess(response)) return failureFrom(response);
  const { data, has_more } = pageOf(Intent).parse(response.body);
  return { outcome: "answered", intents: data, more: has_more };
};

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

export const refundFrom = (response: StripeResponse): RefundAnswer =>
  isSuccess(response)
    ? { outcome: "answered", refund: RefundBody.parse(response.body) }
    : failureFrom(response);

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

const pageOf = <Each extends z.ZodType>(each: Each) =>
  z.object({ data: z.array(each), has_more: z.boolean() });

const isSuccess = ({ status }: StripeResponse): boolean => status >= 200 && status < 300;

/**
 * Only 400, 402 and 404 are a definite no. The same key with other parameters (`idempotency_error`) means that an
 * earlier request under it was executed: what became of it must be looked up.
 */
const failureFrom = (response: StripeResponse): Refusal | Unknown => {
  const { status, replayed } = response;
  const { error } = Failure.catch({ error: {} }).parse(response.body);
  const code = error.code ?? error.type ?? "unspecified";
  if (status === 401 || status === 403) throw new StripeMisconfigured(`Stripe answered ${status} ${code}`);
  if (error.type === "idempotency_error")
    return { outcome: "unknown", reason: code, keySpent: status === 400 };
  return definite.has(status) && !retryable.has(code)
    ? { outcome: "refused", code }
    : { outcome: "unknown", reason: `stripe_${status}`, keySpent: status >= 500 && replayed };
};

const definite = new Set([400, 402, 404]);

const retryable = new Set(["rate_limit", "lock_timeout", "idempotency_key_in_use"]);
