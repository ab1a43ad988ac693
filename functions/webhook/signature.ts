import { createHmac } from "node:crypto";
import type { Instant } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";

/** `whsec_` and base64 of 24 to 64 bytes, as Standard Webhooks 1.0 writes a secret. */
export type Secret = `whsec_${string}`;

export const newSecret = (random: RandomBytes): Secret =>
  `whsec_${Buffer.from(random(32)).toString("base64")}`;

/** The key in a secret. A short one would let anybody forge what we send, so it is refused, not used. */
export const keyOf = (secret: string): Uint8Array => {
  const encoded = secret.startsWith("whsec_") ? secret.slice("whsec_".length) : "";
  const key = Buffer.from(encoded, "base64");
  if (key.toString("base64") !== encoded || key.length < 24 || key.length > 64) {
    throw new Error("a webhook secret is whsec_ and base64 of 24 to 64 bytes");
  }
  return key;
};

export type Signed = {
  /** All that sign now, newest first: one but while it is rolled. */
  readonly secrets: readonly string[];
  /** The event's id: the same on every retry. */
  readonly id: string;
  /** When this attempt is made: receivers refuse old ones, so each attempt signs again. */
  readonly at: Instant;
  readonly body: string;
};

/** Standard Webhooks 1.0, symmetric: HMAC-SHA-256 over `id.timestamp.body`; a signature a secret, and any one will do. */
export const standardHeaders = ({ secrets, id, at, body }: Signed): Record<string, string> => {
  if (id.includes(".")) throw new Error("a webhook id holds no dot: the signed text could be read two ways");
  const timestamp = toSeconds(at);
  const signatures = secrets.map((secret) =>
    createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest("base64"),
  );
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.map((signature) => `v1,${signature}`).join(" "),
  };
};

/**
 * ACP 2026-04-17: `Merchant-Signature: t=…,v1=…`, HMAC-SHA-256 in hex over `t.body`. ACP does not say how a
 * secret is written, so the key is the secret's text as it was handed over. Its pattern has room for one signature, so
 * while secrets are rolled the oldest signs until its time is up: whoever has not got the new one yet understands it.
 */
export const acpHeaders = ({ secrets, at, body }: Signed): Record<string, string> => {
  const secret = secrets.at(-1) ?? "";
  keyOf(secret);
  const timestamp = toSeconds(at);
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return { "merchant-signature": `t=${timestamp},v1=${signature}` };
};

const toSeconds = (at: Instant): number => Math.floor(at / 1_000);
