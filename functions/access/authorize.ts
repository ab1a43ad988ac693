import { type Table, TableBusy, tryCommit } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type LicenseKeyStore, type StoredKey, usedKey, usedRecently } from "./license-key.store.ts";
import { digestOf, type LicenseKey, parseLicenseKey, sameDigest } from "./license-key.ts";
import { pepperOf, type ReadPeppers } from "./pepper.ts";

export type AuthorizesCallers = {
  keys: Pick<LicenseKeyStore, "find">;
  table: Pick<Table, "commit">;
  readPeppers: ReadPeppers;
  now: Clock;
  /** Whether this stage knows live keys at all; see `livemode.ts`. */
  liveAllowed: boolean;
};

/**
 * From the values of all `Authorization` headers to the one who is calling. Every refusal is the same, whether the
 * key is missing, mistyped, unknown, revoked, expired or of the other mode, and all but a typo cost the same
 * read and the same comparison: a key's row is parsed once it is proven and good, and all that could be wrong is
 * looked at, whatever was wrong first (`npm run bench:refusals`).
 */
export const authorize =
  (on: AuthorizesCallers) =>
  async (headers: readonly string[]): Promise<Caller> => {
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
      lock.expiresAt === undefined || lock.expiresAt > now,
    ];
    if (opens.includes(false)) throw refusal();
    const stored = open();
    await noteUse(on, stored, now);
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

/** That somebody else noted it first, or many at once, is no failure; that the table fails is one. */
const noteUse = async (on: AuthorizesCallers, key: StoredKey, now: Instant): Promise<void> => {
  try {
    if (!usedRecently(key, now)) await tryCommit(on.table, [usedKey(key, now)]);
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
