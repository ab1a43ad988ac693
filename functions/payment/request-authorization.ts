import { z } from "zod";
import { type Envelope, KeyDestroyed } from "#functions/privacy/envelope.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { toStripeAmount } from "./currency.ts";
import { findPaymentIntent, keyLife } from "./find-payment-intent.ts";
import { Authentication, metadataOf, type Payment } from "./payment.ts";
import type { Authorization, NewPaymentIntent, Stripe } from "./stripe.ts";
import { authorizationOf } from "./stripe-answer.ts";

export type Requests = {
  stripe: Pick<Stripe, "createPaymentIntent" | "retrievePaymentIntent" | "listPaymentIntents">;
  envelope: Pick<Envelope, "open">;
  table: Pick<Table, "commit">;
  now: Clock;
  /** Told to Stripe with every PaymentIntent (`isMadeBy`). */
  deployment: string;
  /** Milliseconds that this invocation may still take. */
  remaining: () => number;
};

/** `none`: Stripe knows nothing of this attempt, at this moment. */
export type Requested = Authorization | { readonly outcome: "none" };

/** Outcomes of 3-D Secure that come with proof; with any other the issuer would only say no. */
const proven: readonly string[] = ["authenticated", "informational", "attempt_acknowledged"];

/**
 * Asks Stripe for this attempt's one PaymentIntent: the first time it is created, every other time the same key
 * brings the same answer. Where the key no longer helps, the PaymentIntent is looked up instead: a new request
 * under a forgotten key would be a second charge.
 */
export const requestAuthorization =
  (on: Requests) =>
  (payment: Payment): Promise<Requested> =>
    payment.paymentIntentId ? lookAt(on, payment, payment.paymentIntentId) : request(on, payment);

const request = async (on: Requests, payment: Payment): Promise<Requested> => {
  const wanted = await parameters(on, payment);
  if (!wanted) return lookUp(on, payment);
  const { authentication } = wanted;
  if (authentication && !proven.includes(authentication.outcome))
    return {
      outcome: "declined",
      code: "authentication_failed",
      declineCode: undefined,
      intent: undefined,
    };
  const answer = await on.stripe.createPaymentIntent(payment, wanted, payment.stripeKey);
  return answer.outcome === "unknown" && answer.keySpent ? lookUp(on, payment) : answer;
};

/** `undefined` once they must not or cannot be used again. */
const parameters = async (on: Requests, payment: Payment): Promise<NewPaymentIntent | undefined> => {
  const { currency, sealedToken, sealedAuthentication } = payment;
  if (!sealedToken || on.now() - payment.requestedAt >= keyLife) return undefined;
  try {
    const cipher = await on.envelope.open(payment);
    const token = z.string().parse(await cipher.unseal("payment_token", sealedToken));
    return {
      amount: toStripeAmount(payment.amount, currency),
      currency,
      token: { kind: payment.tokenKind, token },
      authentication:
        sealedAuthentication &&
        Authentication.parse(await cipher.unseal("payment_token", sealedAuthentication)),
      metadata: { ...metadataOf(payment), deployment: on.deployment },
    };
  } catch (error) {
    // The buyer was erased while the outcome was open: what Stripe holds must still be found and released.
    if (error instanceof KeyDestroyed) return undefined;
    throw error;
  }
};

/** A row that was lost and written again knows its PaymentIntent and no token. */
const lookAt = async (on: Requests, payment: Payment, id: string): Promise<Requested> => {
  const seen = await on.stripe.retrievePaymentIntent(payment, id);
  if (seen.outcome === "answered") return authorizationOf(seen.intent);
  return { outcome: "unknown", reason: "not_found_yet", keySpent: true };
};

const lookUp = async (on: Requests, payment: Payment): Promise<Requested> => {
  const found = await findPaymentIntent(on)(payment);
  if (found.found === "unfinished") return { outcome: "unknown", reason: "not_found_yet", keySpent: true };
  return found.found === "none" ? { outcome: "none" } : authorizationOf(found.intent);
};
