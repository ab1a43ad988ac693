import { createHmac } from "node:crypto";

/**
 * `Stripe-Signature` over the very bytes that are sent: `v1` once for each secret, of which an endpoint has two
 * while one is rolled, and for events of test mode a `v0` that is worth nothing
 * (docs.stripe.com/webhooks#verify-manually).
 */
export const signatureOf = (
  payload: string,
  of: { readonly secrets: readonly string[]; readonly atSeconds: number; readonly livemode?: boolean },
): string => {
  const signed = `${of.atSeconds}.${payload}`;
  const hmac = (secret: string) => createHmac("sha256", secret).update(signed).digest("hex");
  return [
    `t=${of.atSeconds}`,
    ...of.secrets.map((secret) => `v1=${hmac(secret)}`),
    ...(of.livemode ? [] : [`v0=${hmac("whsec_of_nobody")}`]),
  ].join(",");
};
