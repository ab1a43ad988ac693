import { z } from "zod";
import { timers as checkoutTimers, times as checkoutTimes } from "#functions/checkout/checkout.ts";
import { timers as orderTimers } from "#functions/order/order.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { Instant } from "#functions/values/clock.ts";
import { CheckoutId, StoreId } from "#functions/values/id.ts";
import { Currency, MinorUnits } from "#functions/values/money.ts";
import { Sealed } from "#functions/values/sealed.ts";

export const Status = z.enum([
  "requested",
  "authorized",
  "authenticating",
  "declined",
  "captured",
  "failed",
  "voided",
  "refunded",
]);
export type Status = z.infer<typeof Status>;

/** The whole state machine. A move that is not in this table is refused. */
export const moves = {
  /** Stripe may or may not know it: settled by repeating the same request, never by a new one. */
  requested: ["authorized", "authenticating", "declined", "voided", "refunded"],
  authorized: ["captured", "failed", "voided", "refunded"],
  /** The issuer wants the buyer to authenticate: nothing is held, a new attempt will carry the result. */
  authenticating: ["voided", "refunded"],
  captured: ["refunded"],
  /** The capture was refused for good; the authorization may still have to be released. */
  failed: ["voided", "refunded"],
  declined: [],
  voided: [],
  refunded: [],
} as const satisfies Record<Status, readonly Status[]>;

export const isFinal = (status: Status): boolean => moves[status].length === 0;

const ofCheckout = {
  by: checkoutTimers.completing.by,
  within: checkoutTimes.lease,
  due: "checkout",
} as const;
const ofOrder = { by: orderTimers.placed.by, within: orderTimers.placed.within, due: "order" } as const;

/** A payment belongs to its checkout, and to its order once there is one: whoever moves that moves it. */
export const timers = {
  requested: ofCheckout,
  authenticating: { ...ofCheckout, within: checkoutTimes.authentication },
  authorized: ofOrder,
  failed: ofOrder,
  captured: "rest",
  declined: "rest",
  voided: "rest",
  refunded: "rest",
} as const satisfies Timers<Status>;

/** A Stripe PaymentMethod, or a shared payment token (`spt_…`) that an agent was granted for this seller. */
export const TokenKind = z.enum(["pm", "spt"]);
export type TokenKind = z.infer<typeof TokenKind>;

/** The buyer's 3-D Secure result as the agent brought it. Only a proven outcome has the rest. */
export const Authentication = z.object({
  outcome: z.string(),
  cryptogram: z.string().optional(),
  electronicCommerceIndicator: z.string().optional(),
  transactionId: z.string().optional(),
  version: z.string().optional(),
});
export type Authentication = z.infer<typeof Authentication>;

/** Of a search by creation time, newest first: nothing created before `from` is sought, nor what the page has passed. */
export const Search = z.object({
  from: Instant,
  page: z.object({ to: Instant, after: z.string() }).optional(),
});
export type Search = z.infer<typeof Search>;

/**
 * One attempt to pay a checkout. The row is written before Stripe is called and holds every parameter of the
 * call, so that whoever finds it later can make the very same call again.
 */
export const Payment = z.object({
  storeId: StoreId,
  checkoutId: CheckoutId,
  attempt: z.int().positive(),
  livemode: z.boolean(),
  /** Connect account that is charged directly; absent: the operator's own. */
  stripeAccount: z.string().optional(),
  /** Idempotency key of the authorization. */
  stripeKey: z.string(),
  amount: MinorUnits.positive(),
  currency: Currency,
  tokenKind: TokenKind,
  /** The token as sealed text, field class `payment_token`; gone once its attempt is settled. */
  sealedToken: Sealed.optional(),
  /** `Authentication`, sealed in the same class. */
  sealedAuthentication: Sealed.optional(),
  /** Store and agent can both do 3-D Secure, so a demand for it need not end the attempt as a decline. */
  canAuthenticate: z.boolean(),
  status: Status,
  /** Newest run of the checkout that wrote here, and of the order: an older one is refused. */
  epoch: z.int(),
  orderEpoch: z.int().optional(),
  /** How far its PaymentIntent was looked for in vain, should it have to be (`find-payment-intent.ts`). */
  searched: Search.optional(),
  paymentIntentId: z.string().optional(),
  chargeId: z.string().optional(),
  /** After this Stripe releases the authorization by itself. */
  captureBefore: Instant.optional(),
  /** The refund that undid it, should it have been captured: of all that was not given back before. */
  returned: z.object({ refundId: z.string(), amount: MinorUnits, pending: z.boolean() }).optional(),
  /** Stripe's code of a decline or a refused capture: for the store, never for the agent. */
  declineCode: z.string().optional(),
  requestedAt: Instant,
  updatedAt: Instant,
});
export type Payment = z.infer<typeof Payment>;

/** Derived, so that whoever makes the attempt again uses the same key. */
export const stripeKeyOf = (checkoutId: CheckoutId, attempt: number): string =>
  `${checkoutId}:authorize:${attempt}`;

/** What Stripe is told about us: opaque ids, by which a lost PaymentIntent is found again. */
export const metadataOf = (payment: Pick<Payment, "storeId" | "checkoutId" | "attempt">) => ({
  store: payment.storeId,
  checkout: payment.checkoutId,
  attempt: String(payment.attempt),
});

/**
 * Whether this deployment made it. Kept at Stripe and in no table: a copy of the tables knows the same ids and must
 * not act on the first one's money. One that says nothing was made before this was written, so it is ours.
 */
export const isMadeBy = (deployment: string, metadata: Readonly<Record<string, string>>): boolean =>
  (metadata["deployment"] ?? deployment) === deployment;

/** The same as Stripe gives it back. */
export const PaymentMetadata = z.object({
  store: StoreId,
  checkout: CheckoutId,
  attempt: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number),
});
export type PaymentMetadata = z.infer<typeof PaymentMetadata>;

/** The same on a refund: which order's, and which of its refunds; `full` is the one that undoes the payment. */
export const refundMetadataOf = (
  payment: Pick<Payment, "storeId" | "checkoutId">,
  refund: number | "full",
) => ({
  store: payment.storeId,
  checkout: payment.checkoutId,
  refund: String(refund),
});

/** Whether a refund at Stripe carries all of that: one field alone anybody may have typed. */
export const isRefundOf = (
  payment: Pick<Payment, "storeId" | "checkoutId">,
  refund: number | "full",
  { metadata }: { readonly metadata: Readonly<Record<string, string>> },
): boolean =>
  Object.entries(refundMetadataOf(payment, refund)).every(([name, value]) => metadata[name] === value);
