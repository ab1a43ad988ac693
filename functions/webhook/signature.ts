import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import type { Instant } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";

/** `whsec_` and base64 of 24 to 64 bytes, as Standard Webhooks 1.0 writes a secret. */
export type Secret = `whsec_${string}`;

export const newSecret = (random: RandomBytes): Secret =>
  `whsec_${Buffer.from(random(32)).toString("base64")}`;

/** `whsk_` and base64 of the 32 bytes of RFC 8032 that an Ed25519 key pair is made from. It leaves us never. */
export type PrivateKey = `whsk_${string}`;
/** `whpk_` and base64 of an Ed25519 public key's 32 bytes. */
export type PublicKey = `whpk_${string}`;

export const newPrivateKey = (random: RandomBytes): PrivateKey =>
  `whsk_${Buffer.from(random(32)).toString("base64")}`;

export const publicKeyOf = (privateKey: PrivateKey): PublicKey => {
  const { x } = createPublicKey(keyPairOf(privateKey)).export({ format: "jwk" });
  return `whpk_${Buffer.from(String(x), "base64url").toString("base64")}`;
};

/** RFC 8410: what stands before the 32 bytes in PKCS #8, the one form that needs no public key beside them. */
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

const keyPairOf = (privateKey: string): KeyObject => {
  const bytes = Buffer.from(privateKey.slice("whsk_".length), "base64");
  return createPrivateKey({ key: Buffer.concat([pkcs8, bytes]), format: "der", type: "pkcs8" });
};

/** The key in a secret. A short one would let anybody forge what we send, so it is refused, not used. */
export const keyOf = (secret: string): Uint8Array => {
  const encoded = secret.startsWith("whsec_") ? secret.slice("whsec_".length) : "";
  const key = Buffer.from(encoded, "base64");
  if (key.toString("base64") !== encoded || key.length < 24 || key.length > 64) {
    throw new Error("a webhook secret is whsec_ and base64 of 24 to 64 bytes");
  }
  return key;
};

/** What one generation of an endpoint's keys signs with: for who shares the secret, and for everybody else. */
export type Signer = { readonly secret: string; readonly privateKey: string };

export type Signed = {
  /** All that sign now, newest first: one but while it is rolled. */
  readonly signers: readonly Signer[];
  /** The event's id: the same on every retry. */
  readonly id: string;
  /** When this attempt is made: receivers refuse old ones, so each attempt signs again. */
  readonly at: Instant;
  readonly body: string;
};

/**
 * Standard Webhooks 1.0, over `id.timestamp.body`: `v1` is HMAC-SHA-256 with the secret, `v1a` Ed25519 with the private
 * key. One of each a signer, and any one will do.
 */
export const standardHeaders = ({ signers, id, at, body }: Signed): Record<string, string> => {
  if (id.includes(".")) throw new Error("a webhook id holds no dot: the signed text could be read two ways");
  const timestamp = toSeconds(at);
  const text = `${id}.${timestamp}.${body}`;
  const signatures = [
    ...signers.map(({ secret }) => `v1,${createHmac("sha256", keyOf(secret)).update(text).digest("base64")}`),
    ...signers.map(({ privateKey }) => `v1a,${ed25519(privateKey, text)}`),
  ];
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
};

const ed25519 = (privateKey: string, text: string): string =>
  sign(null, Buffer.from(text), keyPairOf(privateKey)).toString("base64");

/**
 * ACP 2026-04-17: `Merchant-Signature: t=…,v1=…`, HMAC-SHA-256 in hex over `t.body`. ACP does not say how a
 * secret is written, so the key is the secret's text as it was handed over. Its pattern has room for one signature, so
 * while secrets are rolled the oldest signs until its time is up: whoever has not got the new one yet understands it.
 */
export const acpHeaders = ({ signers, at, body }: Signed): Record<string, string> => {
  const secret = signers.at(-1)?.secret ?? "";
  keyOf(secret);
  const timestamp = toSeconds(at);
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return { "merchant-signature": `t=${timestamp},v1=${signature}` };
};

const toSeconds = (at: Instant): number => Math.floor(at / 1_000);
