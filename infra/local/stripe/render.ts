import type { Charge, GrantedToken, Intent, Refund } from "./objects.ts";
import type { Card } from "./test-cards.ts";

/** A PaymentIntent as the API shows it; its charge by id unless it is asked for. */
export const renderIntent = (intent: Intent, expandCharge = false): Record<string, unknown> => ({
  id: intent.id,
  object: "payment_intent",
  amount: intent.amount,
  amount_capturable: intent.status === "requires_capture" ? intent.amount : 0,
  amount_received: intent.charge?.amountCaptured ?? 0,
  canceled_at: intent.canceledAt ?? null,
  cancellation_reason: intent.cancellationReason ?? null,
  capture_method: intent.captureMethod,
  created: intent.created,
  currency: intent.currency,
  last_payment_error: intent.error ?? null,
  latest_charge: latestCharge(intent, expandCharge),
  livemode: intent.livemode,
  metadata: intent.metadata,
  next_action: intent.status === "requires_action" ? { type: "use_stripe_sdk", use_stripe_sdk: {} } : null,
  payment_method: intent.paymentMethod,
  payment_method_types: ["card"],
  status: intent.status,
});

export const renderPaymentMethod = (paymentMethod: string, card: Card): Record<string, unknown> => ({
  id: paymentMethod,
  object: "payment_method",
  type: "card",
  card: { brand: card.brand, funding: card.funding, last4: card.last4 },
});

const latestCharge = (intent: Intent, expand: boolean): unknown => {
  if (!intent.charge) return null;
  return expand ? renderCharge(intent, intent.charge) : intent.charge.id;
};

export const renderCharge = (intent: Intent, charge: Charge): Record<string, unknown> => ({
  id: charge.id,
  object: "charge",
  amount: charge.amount,
  amount_captured: charge.amountCaptured,
  amount_refunded: charge.amountRefunded,
  captured: charge.amountCaptured > 0,
  created: intent.created,
  currency: intent.currency,
  disputed: charge.disputed,
  livemode: intent.livemode,
  metadata: intent.metadata,
  paid: true,
  payment_intent: intent.id,
  payment_method_details: {
    type: "card",
    card: {
      brand: charge.card.brand,
      last4: charge.card.last4,
      funding: charge.card.funding,
      capture_before: charge.captureBefore ?? null,
      three_d_secure: charge.authenticated ? { result: "authenticated" } : null,
    },
  },
  refunded: charge.amountCaptured > 0 && charge.amountRefunded >= charge.amountCaptured,
  status: "succeeded",
});

export const renderRefund = (refund: Refund, intent: Intent): Record<string, unknown> => ({
  id: refund.id,
  object: "refund",
  amount: refund.amount,
  charge: intent.charge?.id ?? null,
  created: refund.created,
  currency: intent.currency,
  ...(refund.failureReason && { failure_reason: refund.failureReason }),
  metadata: refund.metadata,
  payment_intent: intent.id,
  payment_method: intent.paymentMethod,
  ...(refund.status === "pending" && { pending_reason: "processing" }),
  reason: refund.reason ?? null,
  receipt_number: null,
  status: refund.status,
});

export const renderToken = (token: GrantedToken): Record<string, unknown> => ({
  id: token.id,
  object: "shared_payment.granted_token",
  created: token.created,
  deactivated_at: token.deactivated?.at ?? null,
  deactivated_reason: token.deactivated?.reason ?? null,
  livemode: token.livemode,
  usage_details: { amount_captured: { currency: token.currency, value: token.used } },
  usage_limits: { currency: token.currency, expires_at: token.expiresAt, max_amount: token.maxAmount },
});
