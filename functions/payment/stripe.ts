import type { Instant } from "#functions/values/clock.ts";
import type { Authentication, TokenKind } from "./payment.ts";

/**
 * What we ask of Stripe. Outcomes are values: whoever calls must decide for each of them, above all for
 * `unknown`, after which the money may or may not have moved. Implementations: `stripe.client.ts` and
 * `test/fakes/stripe.ts`, under one contract suite.
 */
export type Stripe = {
  /** Creates and confirms with manual capture. */
  createPaymentIntent(of: Account, wanted: NewPaymentIntent, key: string): Promise<Authorization>;
  retrievePaymentIntent(of: Account, id: string): Promise<Answer>;
  /** Created in these seconds, newest first; `after` is the last id of the page before. */
  listPaymentIntents(of: Account, created: CreationWindow, after?: string): Promise<Listed>;
  capturePaymentIntent(of: Account, id: string, key: string): Promise<Answer>;
  cancelPaymentIntent(of: Account, id: string, key: string): Promise<Answer>;
  /** Gives back whatever of it is not given back yet. */
  refundPaymentIntent(of: Account, id: string, key: string): Promise<Refund>;
};

/** Whose money: the mode picks our secret key, the account a Connect merchant's books. */
export type Account = { readonly livemode: boolean; readonly stripeAccount?: string | undefined };

export type CreationWindow = { readonly from: Instant; readonly to: Instant };

export type NewPaymentIntent = {
  /** In Stripe's units (`toStripeAmount`). */
  readonly amount: number;
  readonly currency: string;
  readonly token: { readonly kind: TokenKind; readonly token: string };
  readonly authentication?: Authentication | undefined;
  /** Opaque ids only. */
  readonly metadata: Readonly<Record<string, string>>;
};

export type PaymentIntent = {
  readonly id: string;
  readonly status: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly chargeId?: string | undefined;
  readonly captureBefore?: Instant | undefined;
  /** All of the charge was given back. */
  readonly refunded: boolean;
  readonly error?: { readonly code: string; readonly declineCode?: string | undefined } | undefined;
};

/** A definite no: nothing was done, and the same request will never be. */
export type Refusal = { readonly outcome: "refused"; readonly code: string };

/** It may have happened. `keySpent`: the key will only repeat this answer, so look the object up instead. */
export type Unknown = { readonly outcome: "unknown"; readonly reason: string; readonly keySpent: boolean };

export type Authorization =
  | { readonly outcome: "authorized"; readonly intent: PaymentIntent }
  | { readonly outcome: "requires_action"; readonly intent: PaymentIntent | undefined }
  | {
      readonly outcome: "declined";
      readonly code: string;
      readonly declineCode: string | undefined;
      readonly intent: PaymentIntent | undefined;
    }
  | Refusal
  | Unknown;

export type Answer = { readonly outcome: "answered"; readonly intent: PaymentIntent } | Refusal | Unknown;

export type Listed =
  | { readonly outcome: "answered"; readonly intents: readonly PaymentIntent[]; readonly more: boolean }
  | Refusal
  | Unknown;

export type Refund = { readonly outcome: "refunded" } | Refusal | Unknown;
