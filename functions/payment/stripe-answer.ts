import { z } from "zod";
import { seconds } from "#functions/values/clock.ts";
import type { Answer, Authorization, Listed, PaymentIntent, Refund, Refusal, Unknown } from "./stripe.ts";

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
  payment_method_details: z
    .object({ card: z.object({ capture_before: z.int().nullish() }).nullish() })
    .nullish(),
});

const ErrorFields = z.object({ code: z.string().nullish(), decline_code: z.string().nullish() });

const Intent = z
  .object({
    id: z.string(),
    status: z.string(),
    metadata: z.record(z.string(), z.string()).nullish(),
    latest_charge: z.union([z.string(), Charge]).nullish(),
    last_payment_error: ErrorFields.nullish(),
  })
  .transform(({ id, status, metadata, latest_charge, last_payment_error }): PaymentIntent => {
    const charge = typeof latest_charge === "string" ? { id: latest_charge } : latest_charge;
    const details = typeof latest_charge === "string" ? undefined : latest_charge?.payment_method_details;
    const captureBefore = details?.card?.capture_before;
    return {
      id,
      status,
      metadata: metadata ?? {},
      chargeId: charge?.id,
      captureBefore: captureBefore ? seconds(captureBefore) : undefined,
      refunded: typeof latest_charge === "object" && latest_charge?.refunded === true,
      error: last_payment_error ? errorOf(last_payment_error) : undefined,
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
  const { data, has_more } = z.object({ data: z.array(Intent), has_more: z.boolean() }).parse(response.body);
  return { outcome: "answered", intents: data, more: has_more };
};

/** `pending` is on its way; what fails later is reconciled by Stripe's event. */
export const refundFrom = (response: StripeResponse): Refund => {
  if (!isSuccess(response)) return failureFrom(response);
  const { status } = z.object({ status: z.string().nullish() }).parse(response.body);
  return status === "failed" || status === "canceled"
    ? { outcome: "refused", code: `refund_${status}` }
    : { outcome: "refunded" };
};

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
