import { z } from "zod";
import { sha256 } from "#functions/runtime/canonical-json.ts";
import { hours, Instant } from "#functions/values/clock.ts";

/** A secret key or a restricted one, by which the API knows us; it says itself which money it moves. */
export const StripeKey = z.string().regex(/^[sr]k_(test|live)_\w{1,250}$/, {
  error: "must be a secret or restricted key of Stripe: sk_ or rk_, test_ or live_",
});

export const modeOf = (key: string): "test" | "live" => (/^.k_live_/.test(key) ? "live" : "test");

/** Asks Stripe, with a key that is in no secret yet. */
export type ProveStripeKey = (key: string) => Promise<boolean>;

/** As it is deployed both are empty: the operator puts in what the stage sells with. */
const StripeKeys = z.object({ test: z.string().optional(), live: z.string().optional() });
export type StripeKeys = z.infer<typeof StripeKeys>;

export const parseKeys = (text: string): StripeKeys => StripeKeys.parse(JSON.parse(text));

/** What Stripe signs its events with, for one endpoint there. */
export const StripeSigningSecret = z.string().regex(/^whsec_[\w+/=]{16,250}$/, {
  error: "must be a signing secret of a Stripe endpoint: whsec_",
});

/** A former one is good until Stripe signs with it no more; as text alone, for good. */
const Signing = z.union([z.string(), z.strictObject({ secret: z.string(), until: Instant })]);
type Signing = z.infer<typeof Signing>;

/** By whose endpoint. Both are empty as deployed, so nothing verifies. */
const SigningSecrets = z.object({
  own: z.array(Signing).default([]),
  connect: z.array(Signing).default([]),
});
export type SigningSecrets = z.infer<typeof SigningSecrets>;

export const parseSigningSecrets = (text: string): SigningSecrets => SigningSecrets.parse(JSON.parse(text));

export const goodAt = (secrets: readonly Signing[], now: Instant): string[] =>
  secrets.flatMap((each) => {
    if (typeof each === "string") return [each];
    return now < each.until ? [each.secret] : [];
  });

/** The longest for which Stripe goes on with a signing secret that was rolled (docs.stripe.com/webhooks#roll-endpoint-secrets). */
const overlapAtStripe = hours(24);

/** A new one, and what was good before as long as Stripe may sign with it. None, or the same again, changes nothing. */
export const withNewest = (
  before: readonly Signing[],
  secret: string | undefined,
  now: Instant,
): readonly Signing[] => {
  if (secret === undefined || isSame(before[0], secret)) return before;
  const until = now + overlapAtStripe;
  const former = before
    .map((each) => (typeof each === "string" ? { secret: each, until } : each))
    .filter((each) => !isSame(each.secret, secret) && now < each.until);
  return [secret, ...former];
};

/** By digest: how far two secrets agree is told by nothing. */
const isSame = (left: Signing | undefined, right: string): boolean =>
  typeof left === "string" && sha256(left) === sha256(right);
