import { z } from "zod";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type LicenseKeyStore, revokedKey } from "./license-key.store.ts";

export const RevokeLicenseKey = z.strictObject({ keyId: z.string().regex(/^[0-9A-Za-z]{12}$/) });
export type RevokeLicenseKey = z.infer<typeof RevokeLicenseKey>;

export type RevokesKeys = {
  keys: Pick<LicenseKeyStore, "get">;
  table: Pick<Table, "commit">;
  now: Clock;
};

/** No request that begins after the answer gets through with that key. Revoking again changes nothing. */
export const revokeLicenseKey =
  (on: RevokesKeys) =>
  async ({ keyId }: RevokeLicenseKey): Promise<{ keyId: string; revokedAt: Instant }> => {
    await tryCommit(on.table, [revokedKey(keyId, on.now())]);
    const key = await on.keys.get(keyId);
    if (key?.revokedAt === undefined) throw new Refusal("not_found", `There is no license key ${keyId}.`);
    return { keyId, revokedAt: key.revokedAt };
  };
