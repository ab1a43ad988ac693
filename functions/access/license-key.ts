import { createHmac, timingSafeEqual } from "node:crypto";
import {
  base62,
  checksum,
  fingerprintOf,
  type LicenseKey,
  lengths,
} from "#functions/runtime/license-key-text.ts";
import type { RandomBytes } from "#functions/values/id.ts";

/** A new key of 256 random bits: 43 base62 characters hold just that many. */
export const mintLicenseKey = (livemode: boolean, random: RandomBytes): LicenseKey => {
  const publicId = base62(random(16), lengths.publicId);
  const body = `lk_${livemode ? "live" : "test"}_${publicId}${base62(random(32), lengths.secret)}`;
  return { text: body + checksum(body), publicId, livemode };
};

/** What is stored instead of the key. Not slow on purpose: nobody tries 256 bits. */
export const digestOf = (pepper: string, text: string): Uint8Array<ArrayBuffer> =>
  digestOfFingerprint(pepper, fingerprintOf(text));

/** The same for who knows no more than that a key was seen. */
export const digestOfFingerprint = (pepper: string, fingerprint: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHmac("sha256", pepper).update(fingerprint).digest());

/** In constant time, so that an answer's delay tells nothing of how much was right. */
export const sameDigest = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right);

/** How a person tells keys apart in a list: of the secret, since all checksums are derived. */
export const lastFour = (key: LicenseKey): string => key.text.slice(0, -lengths.checksum).slice(-4);
