import { type LicenseKey, parseLicenseKey } from "#functions/runtime/license-key-text.ts";
import { type Table, TableBusy, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type LicenseKeyStore, rehashedKey, usedKey, usedRecently } from "./license-key.store.ts";
import { digestOf, sameDigest } from "./license-key.ts";
import { isInside } from "./network.ts";
import { type Peppers, pepperOf, type ReadPeppers } from "./pepper.ts";
import type { StoredKey } from "./stored-key.ts";

export type AuthorizesCallers = {
  keys: Pick<LicenseKeyStore, "find">;
  table: Pick<Table, "commit">;
  readPeppers: ReadPeppers;
  now: Clock;
  /** Whether this stage knows live keys at all; see `livemode.ts`. */
  liveAllowed: boolean;
};

/**
 * From the values of all `Authorization` headers, and the address that they came from, to the one who is calling. Every
 * refusal is the same, whether the key is missing, mistyped, unknown, revoked, suspended, expired, of the other mode or
 * from a network that it is not for, and all but a typo cost the same read and the same comparison: a key's row is
 * parsed once it is proven and good, and all that could be wrong is looked at, whatever was wrong first
 * (`npm run bench:refusals`). The address goes nowhere from here.
 */
export const authorize =
  (on: AuthorizesCallers) =>
  async (headers: readonly string[], address?: string): Promise<Caller> => {
    const key = bearerKey(headers);
    if (!key) throw refusal();
    const [peppers, { lock, open }] = await Promise.all([on.readPeppers(), on.keys.find(key.publicId)]);
    const pepper = pepperOf(peppers, lock.pepperVersion ?? peppers.current);
    const now = on.now();
    const opens = [
      sameDigest(digestOf(pepper, key.text), lock.digest),
      lock.livemode === key.livemode,
      on.liveAllowed || !key.livemode,
      lock.revokedAt === undefined,
      lock.storeStoppedAt === undefined,
      lock.suspendedAt === undefined,
      lock.expiresAt === undefined || lock.expiresAt > now,
      lock.cidrs === undefined || isInside(lock.cidrs, address),
    ];
    if (opens.includes(false)) throw refusal();
    const stored = open();
    await note(on, useOf(stored, key, peppers, now));
    return callerOf(stored);
  };

const refusal = (): Refusal =>
  new Refusal("unauthorized", "A valid license key is wanted as a Bearer token.");

/** RFC 6750 §2.1: the scheme in any case, one space, the key; with two headers nobody knows who is meant. */
const bearerKey = (headers: readonly string[]): LicenseKey | undefined => {
  const [only, ...more] = headers;
  if (only === undefined || more.length > 0 || only.slice(0, 7).toLowerCase() !== "bearer ") return undefined;
  return parseLicenseKey(only.slice(7));
};

/** Now that the key itself is here it comes under the current pepper, if it is not yet. */
const useOf = (stored: StoredKey, key: LicenseKey, peppers: Peppers, now: Instant): Write | undefined => {
  const { current } = peppers;
  if (stored.pepperVersion !== current) {
    const digest = digestOf(pepperOf(peppers, current), key.text);
    return rehashedKey(stored, { digest, pepperVersion: current }, now);
  }
  return usedRecently(stored, now) ? undefined : usedKey(stored, now);
};

/** That somebody else noted it first, or many at once, is no failure; that the table fails is one. */
const note = async (on: AuthorizesCallers, use: Write | undefined): Promise<void> => {
  try {
    if (use) await tryCommit(on.table, [use]);
  } catch (error) {
    if (!(error instanceof TableBusy)) throw error;
  }
};

const callerOf = (key: StoredKey): Caller => ({
  storeId: key.storeId,
  principalId: key.principalId,
  keyId: key.publicId,
  role: key.role,
  scopes: key.scopes,
  livemode: key.livemode,
});
