import { createHmac } from "node:crypto";

export const signingSecret = "whsec_of_the_embedded_stripe";

/** `Stripe-Signature` as Stripe makes it (docs.stripe.com/webhooks#verify-manually). */
export const signatureOf = (body: string | Uint8Array, now: number, secret = signingSecret): string => {
  const at = Math.floor(now / 1_000);
  return `t=${at},v1=${digestOf(body, at, secret)}`;
};

export const digestOf = (body: string | Uint8Array, at: number, secret = signingSecret): string =>
  createHmac("sha256", secret).update(`${at}.`).update(body).digest("hex");
