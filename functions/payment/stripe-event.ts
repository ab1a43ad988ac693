import { z } from "zod";
import { Instant, seconds } from "#functions/values/clock.ts";

/** Who of our endpoints at Stripe signed it: that of the operator's own account, that of connected accounts, or both. */
export type Signed = { readonly by: readonly ("own" | "connect")[]; readonly event: unknown };

/** `undefined`: Stripe did not send these bytes, or not now. */
export type VerifyStripeEvent = (
  body: Uint8Array,
  signature: string | undefined,
) => Promise<Signed | undefined>;

/** Where an event points to. What it says of it is never believed, so nothing more of it is kept. */
export const StripeEvent = z.object({
  id: z.string(),
  type: z.string(),
  /** Of what is read back: the PaymentIntent, the refund or the dispute. */
  objectId: z.string().optional(),
  /** The connected account that it is about. */
  account: z.string().optional(),
  livemode: z.boolean(),
  created: Instant,
});
export type StripeEvent = z.infer<typeof StripeEvent>;

export type Look = "payment_intent" | "refund" | "dispute";

/**
 * What is read back for which event; any other type needs nothing of us. That a granted token was deactivated neither:
 * we hold tokens only sealed, in the row of an attempt that is under way, and whether the token still pays is what
 * Stripe answers to that attempt.
 */
const looks: ReadonlyMap<string, Look> = new Map([
  ["payment_intent.succeeded", "payment_intent"],
  ["payment_intent.payment_failed", "payment_intent"],
  ["payment_intent.amount_capturable_updated", "payment_intent"],
  ["payment_intent.canceled", "payment_intent"],
  ["charge.captured", "payment_intent"],
  ["charge.refunded", "payment_intent"],
  ["refund.created", "refund"],
  ["refund.updated", "refund"],
  ["refund.failed", "refund"],
  ["charge.dispute.created", "dispute"],
  ["charge.dispute.updated", "dispute"],
  ["charge.dispute.closed", "dispute"],
  ["charge.dispute.funds_withdrawn", "dispute"],
  ["charge.dispute.funds_reinstated", "dispute"],
]);

/** What our endpoints at Stripe subscribe to. */
export const lookedAt: readonly string[] = [...looks.keys()];

/** `undefined`: there is nothing to look at. */
export const lookOf = ({ type, objectId }: Pick<StripeEvent, "type" | "objectId">): Look | undefined =>
  objectId === undefined ? undefined : looks.get(type);

const Body = z.object({
  id: z.string().regex(/^evt_\w{1,250}$/),
  type: z.string().max(255),
  account: z.string().max(255).nullish(),
  livemode: z.boolean(),
  created: z.int().nonnegative(),
  data: z.object({
    object: z.object({
      id: z.string().max(255).nullish(),
      object: z.string().nullish(),
      payment_intent: z.string().max(255).nullish().catch(undefined),
    }),
  }),
});

/**
 * `undefined` for what is no event, or was signed by the endpoint of other accounts than it speaks of: neither of our
 * two endpoints at Stripe is sent such.
 */
export const eventIn = ({ by, event }: Signed): StripeEvent | undefined => {
  const body = Body.safeParse(event);
  if (!body.success) return undefined;
  const { id, type, account, livemode, created, data } = body.data;
  if (!by.includes(account ? "connect" : "own")) return undefined;
  // A charge is looked at through its PaymentIntent.
  const objectId = data.object.object === "charge" ? data.object.payment_intent : data.object.id;
  return {
    id,
    type,
    objectId: objectId ?? undefined,
    account: account ?? undefined,
    livemode,
    created: seconds(created),
  };
};
