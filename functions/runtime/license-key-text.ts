import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * How a license key is written: `lk_live_` or `lk_test_`, public id, secret, checksum, all base62. Double-clicking
 * selects all of it, scanners for leaked secrets know its prefix, and a typo costs no read.
 */
export type LicenseKey = {
  readonly text: string;
  /** Names the key in rows, logs and answers; opens nothing by itself. */
  readonly publicId: string;
  readonly livemode: boolean;
};

export const lengths = { publicId: 12, secret: 43, checksum: 6 } as const;

const shape = `lk_(live|test)_([0-9A-Za-z]{${lengths.publicId}})[0-9A-Za-z]{${lengths.secret}}([0-9A-Za-z]{${lengths.checksum}})`;
const whole = new RegExp(`^${shape}$`);

/** `undefined` for what no key can be. CRC-32 misses no single wrong character and no two that changed places. */
export const parseLicenseKey = (text: string): LicenseKey | undefined => {
  const [, mode, publicId, check] = whole.exec(text) ?? [];
  if (publicId === undefined || check !== checksum(text.slice(0, -lengths.checksum))) return undefined;
  return { text, publicId, livemode: mode === "live" };
};

/** Every key in a text, whatever stands around it. */
export const licenseKeysIn = (text: string): LicenseKey[] =>
  text.includes("lk_")
    ? [...text.matchAll(new RegExp(shape, "g"))].flatMap(([found]) => parseLicenseKey(found) ?? [])
    : [];

/**
 * Tells a key without being one: of 256 random bits nobody finds the key again, and the authorizer takes no
 * fingerprint. What is stored is the HMAC of this, so a fingerprint is all that it takes to recognize a key.
 */
export const fingerprintOf = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash("sha256").update(text).digest());

export const checksum = (body: string): string =>
  base62(new Uint8Array(new Uint32Array([crc32(body)]).buffer), lengths.checksum);

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export const base62 = (bytes: Uint8Array, length: number): string => {
  let rest = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let text = "";
  while (text.length < length) {
    text = alphabet.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
};
