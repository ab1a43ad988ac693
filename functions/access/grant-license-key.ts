import { z } from "zod";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce, type Finished } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import { refuseUnaccepted } from "./data-protection.ts";
import { refuseBeyond } from "./grant.ts";
import { IssueLicenseKey, type IssuesKeys, newKey, principalFor } from "./issue-license-key.ts";
import { forgottenAt } from "./key-life.ts";
import { viewKey } from "./key-view.ts";
import { createdKey, type LicenseKeyStore, stillAsRead } from "./license-key.store.ts";
import { callersKey, storesKey } from "./read-license-keys.ts";
import { byCaller, recordOf } from "./record-act.ts";
import { scopesOf } from "./role.ts";
import type { accessRoutes } from "./routes.ts";
import type { StoredKey } from "./stored-key.ts";

export const NewLicenseKey = IssueLicenseKey.omit({ storeId: true, expiresAt: true }).extend({
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .optional(),
});

export type GrantsKeys = Omit<IssuesKeys, "stores"> & { table: Table; keys: LicenseKeyStore };
type Route = typeof accessRoutes.issueLicenseKey;

/**
 * A key by another key's leave. Its answer shows it, and for an hour the same request shows it again: the copy that
 * allows for that is sealed under the store's key, in the key's own row, and goes with the hour.
 */
export const grantLicenseKey =
  (on: GrantsKeys): Operation<Route> =>
  (command) =>
    answerOnce(
      on,
      command.request,
      (request) => grant(on, command, request),
      (seen) => shownAgain(on, command.caller, seen),
    );

const grant = async (
  on: GrantsKeys,
  { caller, body, request: facts }: Command<Route>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const { storeId, livemode } = caller;
  const grantor = await callersKey(on, caller);
  const wanted = { ...body, storeId, scopes: body.scopes ?? [...scopesOf[body.role]] };
  refuseBeyond(grantor, wanted);
  const { principal, writes } = await principalFor(on, wanted);
  refuseUnaccepted(wanted, principal);
  const peppers = await on.readPeppers();
  const made = newKey(on, wanted, { principalId: principal.id, livemode, peppers, by: grantor });
  const stored = await sealed(on, made);
  const { publicId: keyId, createdAt: at } = stored;
  const lost = await tryCommit(on.table, [
    ...createdKey(stored),
    ...writes,
    stillAsRead(grantor),
    recordOf(byCaller(caller, facts), { action: "key.issued", storeId, at, about: { keyId } }),
    answered(request, keyId, at),
  ]);
  return lost.length === 0 ? shown(stored, at, made.text) : undefined;
};

/** The record names the key only; what is shown again is opened from the key's row, while it is there. */
export const answered = (request: IdempotencyRequest, keyId: string, now: number): Write =>
  storeAnswer(request, { now, status: 201, answer: keyId });

export const sealed = async (
  on: Pick<GrantsKeys, "seal">,
  { text, stored }: ReturnType<typeof newKey>,
): Promise<StoredKey> => {
  const copy = await on.seal.sealForStore(stored.storeId, purposeOf(stored), Buffer.from(text));
  return { ...stored, sealedKey: Uint8Array.from(copy) };
};

export const shown = (stored: StoredKey, now: number, key?: string): Answer => ({
  status: 201,
  body: { ...viewKey(stored, now), ...(key !== undefined && { key }) },
});

/** To be shown a key is to be given it, also by a repeat: the caller may have been narrowed, or be another key of theirs. */
export const shownAgain = async (
  on: Pick<GrantsKeys, "keys" | "principals" | "seal" | "now">,
  caller: Caller,
  { answer }: Finished,
): Promise<Answer> => {
  const { key } = await storesKey(on, caller, String(answer));
  refuseBeyond(asBefore(await callersKey(on, caller), key), key);
  return shown(key, on.now(), await keyWhileShown(on, key));
};

/** Whoever rolled their own key ends before its successor since. */
const asBefore = (grantor: StoredKey, made: StoredKey): StoredKey =>
  grantor.rolledTo === made.publicId ? { ...grantor, expiresAt: grantor.expiredBefore } : grantor;

export const keyWhileShown = async (
  on: Pick<GrantsKeys, "seal" | "now">,
  key: StoredKey,
): Promise<string | undefined> => {
  if (key.sealedKey === undefined || key.revokedAt !== undefined || forgottenAt(key) <= on.now())
    return undefined;
  const text = await on.seal.unsealForStore(key.storeId, purposeOf(key), key.sealedKey);
  return Buffer.from(text).toString("utf8");
};

/** Binds the copy to the one key that it is of. */
const purposeOf = ({ publicId }: StoredKey): string => `license-key#${publicId}`;
