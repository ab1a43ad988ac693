import { createHmac, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";
import type { RandomBytes } from "#functions/values/id.ts";

/**
 * `lk_live_` or `lk_test_`, a public id, a secret and a checksum, in base62: a double click selects it whole,
 * scanners for leaked secrets know its prefix, and a typo costs no read.
 */
export type LicenseKey = {
  readonly text: string;
  /** Names the key in rows, logs and answers; opens nothing by itself. */
  readonly publicId: string;
  readonly livemode: boolean;
};

export const lengths = { publicId: 12, secret: 43, checksum: 6 } as const;

const shape = new RegExp(
  `^lk_(live|test)_([0-9A-Za-z]{${lengths.publicId}})[0-9A-Za-z]{${lengths.secret}}([0-9A-Za-z]{${lengths.checksum}})$`,
);

/** A new key of 256 random bits: 43 base62 characters hold just that many. */
export const mintLicenseKey = (livemode: boolean, random: RandomBytes): LicenseKey => {
  const publicId = base62(random(16), lengths.publicId);
  const body = `lk_${livemode ? "live" : "test"}_${publicId}${base62(random(32), lengths.secret)}`;
  return { text: body + checksum(body), publicId, livemode };
};

/** `undefined` for what no key can be. CRC-32 misses no single wrong character and no two that changed places. */
export const parseLicenseKey = (text: string): LicenseKey | undefined => {
  const [, mode, publicId, check] = shape.exec(text) ?? [];
  if (publicId === undefined || check !== checksum(text.slice(0, -lengths.checksum))) return undefined;
  return { text, publicId, livemode: mode === "live" };
};

/** What is stored instead of the key. Not slow on purpose: nobody tries 256 bits. */
export const digestOf = (pepper: string, text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHmac("sha256", pepper).update(text).digest());

/** In constant time, so that an answer's delay tells nothing of how much was right. */
export const sameDigest = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right);

/** How a person tells keys apart in a list: of the secret, since all checksums are derived. */
export const lastFour = (key: LicenseKey): string => key.text.slice(0, -lengths.checksum).slice(-4);

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const checksum = (body: string): string =>
  base62(new Uint8Array(new Uint32Array([crc32(body)]).buffer), lengths.checksum);

const base62 = (bytes: Uint8Array, length: number): string => {
  let rest = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let text = "";
  while (text.length < length) {
    text = alphabet.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
};
