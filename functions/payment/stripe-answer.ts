import { z } from "zod";
import { seconds } from "#functions/values/clock.ts";
import type { Answer, Authorization, Listed, PaymentIntent } from "./stripe.ts";
import { ErrorFields, failureFrom, isSuccess, pageOf, type StripeResponse } from "./stripe-response.ts";

const Charge = z.object({
  id: z.string(),
  refunded: z.boolean().nullish(),
  amount_refunded: z.int().nullish(),
  disputed: z.boolean().nullish(),
  payment_method_details: z
    .object({ card: z.object({ capture_before: z.int().nullish() }).nullish() })
    .nullish(),
});

const PaymentError = ErrorFields.extend({
  payment_method: z
    .object({ card: z.object({ brand: z.string().nullish() }).nullish() })
    .nullish()
    .catch(undefined),
});

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
    last_payment_error: PaymentError.nullish(),
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
      error: more.last_payment_error ? paymentErrorOf(more.last_payment_error) : undefined,
    };
  });

const errorOf = ({ code, decline_code }: z.infer<typeof ErrorFields>) => ({
  code: code ?? "unspecified",
  declineCode: decline_code ?? undefined,
});

const paymentErrorOf = ({ payment_method, ...error }: z.infer<typeof PaymentError>) => ({
  ...errorOf(error),
  cardBrand: payment_method?.card?.brand ?? undefined,
});

const Decline = z.object({
  error: ErrorFields.extend({ payment_intent: Intent.nullish().catch(undefined) }),
});

export const authorizationFrom = (response: StripeResponse): Authorization => {
  if (isSuccess(response)) return successOf(response);
  if (response.status !== 402) return failureFrom(response);
  const { error } = Decline.parse(response.body);
  const { code, declineCode } = errorOf(error);
  const intent = error.payment_intent ?? undefined;
  return code === "authentication_required" || declineCode === "authentication_required"
    ? { outcome: "requires_action", intent }
    : { outcome: "declined", code, declineCode, intent };
};

const successOf = ({ body, replayed }: StripeResponse): Authorization => {
  const answer = authorizationOf(Intent.parse(body));
  return answer.outcome === "authorized" ? { ...answer, replayed } : answer;
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

export const answerFrom = (response: StripeResponse): Answer => {
  if (!isSuccess(response)) return failureFrom(response);
  const { body, replayed } = response;
  return { outcome: "answered", intent: Intent.parse(body), ...(replayed && { replayed }) };
};

export const listedFrom = (response: StripeResponse): Listed => {
  if (!isSuccess(response)) return failureFrom(response);
  const { data, has_more } = pageOf(Intent).parse(response.body);
  return { outcome: "answered", intents: data, more: has_more };
};
