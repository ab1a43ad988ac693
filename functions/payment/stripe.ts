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
  refundPaymentIntent(of: Account, wanted: NewRefund, key: string): Promise<RefundAnswer>;
  retrieveRefund(of: Account, id: string): Promise<RefundAnswer>;
  /** Newest first; `after` is the last id of the page before. */
  listRefunds(of: Account, which: Which, after?: string): Promise<ListedRefunds>;
  retrieveDispute(of: Account, id: string): Promise<DisputeAnswer>;
  listDisputes(of: Account, which: Which, after?: string): Promise<ListedDisputes>;
};

/** Whose money: the mode picks our secret key, the account a Connect merchant's books. */
export type Account = { readonly livemode: boolean; readonly stripeAccount?: string | undefined };

export type CreationWindow = {
  readonly from: Instant;
  readonly to: Instant;
  /** On one page; absent: as many as Stripe gives. */
  readonly atMost?: number;
};

/** Refunds and disputes of one PaymentIntent, or those created in these seconds. */
export type Which = { readonly paymentIntentId: string } | { readonly created: CreationWindow };

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
  /** Asked for, in Stripe's units (`toStripeAmount`). */
  readonly amount: number;
  /** Captured so far. */
  readonly amountReceived: number;
  readonly amountRefunded: number;
  readonly currency: string;
  readonly created: Instant;
  /** All of the charge was given back. */
  readonly refunded: boolean;
  /** A bank questioned the charge, once at least. */
  readonly disputed: boolean;
  readonly error?:
    | {
        readonly code: string;
        readonly declineCode?: string | undefined;
        /** Of the card that was refused, in Stripe's words. */
        readonly cardBrand?: string | undefined;
      }
    | undefined;
};

/** A definite no: nothing was done, and the same request will never be. */
export type Refusal = { readonly outcome: "refused"; readonly code: string };

/** It may have happened. `keySpent`: the key will only repeat this answer, so look the object up instead. */
export type Unknown = { readonly outcome: "unknown"; readonly reason: string; readonly keySpent: boolean };

export type Authorization =
  | {
      readonly outcome: "authorized";
      readonly intent: PaymentIntent;
      /** The key repeats its first answer: what became of the PaymentIntent since, it does not say. */
      readonly replayed?: boolean;
    }
  | { readonly outcome: "requires_action"; readonly intent: PaymentIntent | undefined }
  | {
      readonly outcome: "declined";
      readonly code: string;
      readonly declineCode: string | undefined;
      readonly intent: PaymentIntent | undefined;
    }
  | Refusal
  | Unknown;

export type Answer =
  | {
      readonly outcome: "answered";
      readonly intent: PaymentIntent;
      /** As old as its key. */
      readonly replayed?: boolean;
    }
  | Refusal
  | Unknown;

export type Listed =
  | { readonly outcome: "answered"; readonly intents: readonly PaymentIntent[]; readonly more: boolean }
  | Refusal
  | Unknown;

export type NewRefund = {
  readonly paymentIntentId: string;
  /** In Stripe's units; left out, whatever is not given back yet. */
  readonly amount?: number | undefined;
  /** Opaque ids only. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** A refund as Stripe shows it; `requires_action` waits like `pending`, `canceled` gave nothing back. */
export type StripeRefund = {
  readonly id: string;
  readonly status: "pending" | "requires_action" | "succeeded" | "failed" | "canceled";
  readonly amount: number;
  readonly currency: string;
  readonly paymentIntentId: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly created: Instant;
  readonly failureReason?: string | undefined;
};

export type RefundAnswer = (
  | { readonly outcome: "answered"; readonly refund: StripeRefund }
  | Refusal
  | Unknown
) & {
  /** As old as its key: what was refused then may be possible now. */
  readonly replayed?: boolean;
};

export type ListedRefunds =
  | { readonly outcome: "answered"; readonly refunds: readonly StripeRefund[]; readonly more: boolean }
  | Refusal
  | Unknown;

/** `status` in Stripe's words; those that begin with `warning_` are inquiries, which hold no money. */
export type StripeDispute = {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly paymentIntentId: string;
  readonly evidenceDueBy?: Instant | undefined;
  readonly created: Instant;
};

export type DisputeAnswer =
  | { readonly outcome: "answered"; readonly dispute: StripeDispute }
  | Refusal
  | Unknown;

export type ListedDisputes =
  | { readonly outcome: "answered"; readonly disputes: readonly StripeDispute[]; readonly more: boolean }
  | Refusal
  | Unknown;
