import { createHmac } from "node:crypto";

/**
 * `Stripe-Signature` over the very bytes that are sent: `v1` once for each secret, of which an endpoint has two
 * while one is rolled, and for events of test mode a `v0` that is worth nothing
 * (docs.stripe.com/webhooks#verify-manually).
 */
export const signatureOf = (
  payload: string | Uint8Array,
  of: { readonly secrets: readonly string[]; readonly atSeconds: number; readonly livemode?: boolean },
): string => {
  const { secrets, atSeconds, livemode } = of;
  return [
    `t=${atSeconds}`,
    ...secrets.map((secret) => `v1=${digestOf(payload, atSeconds, secret)}`),
    ...(livemode ? [] : [`v0=${digestOf(payload, atSeconds, "whsec_of_nobody")}`]),
  ].join(",");
};

export const digestOf = (payload: string | Uint8Array, atSeconds: number, secret: string): string =>
  createHmac("sha256", secret).update(`${atSeconds}.`).update(payload).digest("hex");
