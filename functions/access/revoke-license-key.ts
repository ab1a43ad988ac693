import { z } from "zod";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { viewKey } from "./key-view.ts";
import { type LicenseKeyStore, revokedKey } from "./license-key.store.ts";
import { type ReadsKeys, storesKey } from "./read-license-keys.ts";
import { type By, byCaller, recordOf, refuseRecordTwice } from "./record-act.ts";
import type { accessRoutes } from "./routes.ts";
import { KeyId, type StoredKey } from "./stored-key.ts";

export const RevokeLicenseKey = z.strictObject({ keyId: KeyId });
export type RevokeLicenseKey = z.infer<typeof RevokeLicenseKey>;

export type RevokesKeys = {
  keys: Pick<LicenseKeyStore, "get">;
  table: Pick<Table, "commit">;
  now: Clock;
};

/** No request that begins after the answer gets through with that key. Revoking again changes nothing. */
export const revokeLicenseKey =
  (on: RevokesKeys) =>
  async ({ keyId }: RevokeLicenseKey, by: By): Promise<{ keyId: string; revokedAt: Instant }> => {
    const key = await on.keys.get(keyId);
    if (!key) throw new Refusal("not_found", `There is no license key ${keyId}.`);
    if (key.revokedAt !== undefined) return { keyId, revokedAt: key.revokedAt };
    const now = on.now();
    const lost = await tryCommit(on.table, revoking(key, by, now));
    refuseRecordTwice(lost);
    // Somebody was faster.
    return lost.length > 0 ? revokeLicenseKey(on)({ keyId }, by) : { keyId, revokedAt: now };
  };

export const revoking = ({ publicId: keyId, storeId }: StoredKey, by: By, now: Instant): Write[] => [
  revokedKey(keyId, now),
  recordOf(by, { action: "key.revoked", storeId, at: now, about: { keyId } }, keyId),
];

/** Whoever may manage keys may take any away, also one that may more. */
export const revokeStoresKey =
  (on: ReadsKeys & { table: Table }): Operation<typeof accessRoutes.revokeLicenseKey> =>
  (command) =>
    answerOnce(on, command.request, (request) => revoke(on, command, request));

const revoke = async (
  on: ReadsKeys & { table: Table },
  { caller, params, request: facts }: Command<typeof accessRoutes.revokeLicenseKey>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const { key } = await storesKey(on, caller, params.id);
  const now = on.now();
  const { revokedAt = now } = key;
  const body = viewKey({ ...key, revokedAt }, now);
  const lost = await tryCommit(on.table, [
    ...(key.revokedAt === undefined ? revoking(key, byCaller(caller, facts), now) : []),
    storeAnswer(request, { now, status: 200, answer: body }),
  ]);
  return lost.length === 0 ? { status: 200, body } : undefined;
};
