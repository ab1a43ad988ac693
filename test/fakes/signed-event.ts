import { signatureOf } from "#infra/local/stripe/signature.ts";

export const signingSecret = "whsec_of_the_embedded_stripe";

/** As the embedded Stripe signs what happens in live mode: without a `v0`, so every character of it counts. */
export const signedAt = (body: string | Uint8Array, now: number, secret = signingSecret): string =>
  signatureOf(body, { secrets: [secret], atSeconds: Math.floor(now / 1_000), livemode: true });
