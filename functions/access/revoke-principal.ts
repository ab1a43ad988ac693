import { z } from "zod";
import { walkTime } from "#functions/operator/limits.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { endAll } from "#functions/support/end-grants.ts";
import { type Clock, type Instant, toIso } from "#functions/values/clock.ts";
import { PrincipalId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { grantedThrough } from "./granted-keys.ts";
import { type LicenseKeyStore, revokedKey } from "./license-key.store.ts";
import { forgettingName } from "./name-principal.ts";
import { type PrincipalStore, revokedPrincipal } from "./principal.store.ts";
import { type By, byCaller, recordOf, refuseRecordTwice } from "./record-act.ts";
import { revoking } from "./revoke-license-key.ts";
import type { accessRoutes } from "./routes.ts";
import { KeyId, type StoredKey } from "./stored-key.ts";

export const Leaving = z.strictObject({
  /** Ends the keys of others, too, that they granted and so have seen. */
  endGranted: z.boolean().default(false),
});
/** Where the next call goes on: after which key of the store, or with what was granted, once all of its own are past. */
const Cursor = z.strictObject({ after: KeyId.optional(), granted: z.boolean().default(false) });
export const RevokePrincipal = Leaving.extend({
  storeId: StoreId,
  principalId: PrincipalId,
  /** From the answer to the call before. */
  cursor: Cursor.optional(),
});
export type RevokePrincipal = z.infer<typeof RevokePrincipal>;
export const PrincipalParams = z.strictObject({ id: PrincipalId });
export const RevokedPrincipal = z.object({
  principalId: PrincipalId,
  revokedAt: z.iso.datetime(),
  /** How many of its keys ended with it. */
  keys: z.int(),
  /** How many accesses of support ended that it had granted. */
  supportGrants: z.int(),
  /** Keys of others that it granted, by whatever chain, and so may know: they work on unless `endGranted` was said. */
  grantedKeys: z.array(KeyId),
});

export type RevokesPrincipals = {
  keys: Pick<LicenseKeyStore, "list" | "page" | "get">;
  principals: PrincipalStore;
  table: Table;
  now: Clock;
};
type Part = Pick<z.infer<typeof RevokedPrincipal>, "keys" | "supportGrants" | "grantedKeys">;
/** What one call came to; calls add up. */
type Revoked = {
  readonly done: boolean;
  readonly principalId: PrincipalId;
  readonly revokedAt: Instant;
  readonly part: Part;
  readonly cursor?: z.infer<typeof Cursor>;
};
type Walked = { readonly part: Part; readonly rest?: z.infer<typeof Cursor> };
type Leaver = { storeId: StoreId; id: PrincipalId; endGranted: boolean; by: By; until: Instant };

/** So many keys at once. */
const pageSize = 25;

/**
 * Whoever leaves: nothing that they hold works after the answer `done`. The principal goes first, since from then on it
 * gets no further key; then its keys, each by itself, since from then on it grants nothing; then whom it let in. All is
 * in rows, so a call that dies is made again.
 */
export const revokePrincipal =
  (on: RevokesPrincipals) =>
  async (command: RevokePrincipal, by: By): Promise<Revoked> => {
    const { storeId, principalId, endGranted, cursor } = command;
    const revokedAt = await since(on, command, by);
    const leaver = { storeId, id: principalId, endGranted, by, until: on.now() + walkTime };
    const { part, rest } = cursor?.granted
      ? await leftBehind(on, leaver)
      : await ownKeys(on, leaver, cursor?.after);
    return { done: rest === undefined, principalId, revokedAt, part, ...(rest && { cursor: rest }) };
  };

/** From when on it gets no further key. */
const since = async (
  on: RevokesPrincipals,
  { storeId, principalId }: Pick<RevokePrincipal, "storeId" | "principalId">,
  by: By,
): Promise<Instant> => {
  const principal = await on.principals.get(storeId, principalId);
  if (!principal) throw new Refusal("not_found", "The store has no such principal.");
  if (principal.revokedAt !== undefined) return principal.revokedAt;
  const now = on.now();
  const record = recordOf(by, { action: "principal.revoked", storeId, at: now, about: { principalId } });
  const lost = await tryCommit(on.table, [
    revokedPrincipal(principal, now),
    ...(await forgettingName(on, principal)),
    record,
  ]);
  refuseRecordTwice(lost);
  // Somebody was faster.
  return lost.length > 0 ? since(on, { storeId, principalId }, by) : now;
};

/** By page, and on to what it leaves behind where there is time. */
const ownKeys = async (on: RevokesPrincipals, leaver: Leaver, from: string | undefined): Promise<Walked> => {
  const { storeId, id, until } = leaver;
  let count = 0;
  for (let after = from; ; ) {
    const { keys, more } = await on.keys.page(storeId, { limit: pageSize, after });
    const own = keys.filter(({ principalId }) => principalId === id);
    const open = own.filter(({ revokedAt }) => revokedAt === undefined);
    await Promise.all(open.map(({ publicId }) => tryCommit(on.table, [revokedKey(publicId, on.now())])));
    count += own.length;
    after = keys.at(-1)?.publicId;
    if (!more) break;
    if (on.now() >= until) return { part: { ...none, keys: count }, rest: { after, granted: false } };
  }
  if (on.now() >= until) return { part: { ...none, keys: count }, rest: { granted: true } };
  const { part, rest } = await leftBehind(on, leaver);
  return { part: { ...part, keys: count }, ...(rest && { rest }) };
};

const none: Part = { keys: 0, supportGrants: 0, grantedKeys: [] };

/** Read anew by each call: what has ended is not among it any more. */
const leftBehind = async (
  on: RevokesPrincipals,
  { id, storeId, endGranted, by, until }: Leaver,
): Promise<Walked> => {
  const granted = grantedThrough(await on.keys.list(storeId), id).filter(
    (key) => key.revokedAt === undefined,
  );
  const ids = new Set(granted.map(({ publicId }) => publicId));
  const supportGrants = await endAll(
    on,
    { storeId, by },
    ({ grantedBy, keyId }) => grantedBy === id || (endGranted && ids.has(keyId)),
  );
  const others = granted.filter(({ role }) => role !== "support");
  const told = endGranted ? await endEach(on, others, { by, until }) : others;
  const part = { ...none, supportGrants, grantedKeys: told.map(({ publicId }) => publicId) };
  return { part, ...(told.length < others.length && { rest: { granted: true } }) };
};

/** Those that there was time for. */
const endEach = async (
  on: RevokesPrincipals,
  keys: readonly StoredKey[],
  { by, until }: Pick<Leaver, "by" | "until">,
): Promise<readonly StoredKey[]> => {
  let ended = 0;
  while (ended < keys.length && (ended === 0 || on.now() < until)) {
    const page = keys.slice(ended, ended + pageSize);
    await Promise.all(page.map((key) => tryCommit(on.table, revoking(key, by, on.now()))));
    ended += page.length;
  }
  return keys.slice(0, ended);
};

const again = { retryAfterSeconds: 1 } as const;

/** By a key that may manage keys. */
export const revokeStoresPrincipal =
  (on: RevokesPrincipals): Operation<typeof accessRoutes.revokePrincipal> =>
  ({ caller, params, body: { endGranted }, request: facts }) =>
    answerOnce(on, facts, async (request): Promise<Answer | undefined> => {
      const { storeId } = caller;
      const { done, principalId, revokedAt, part } = await revokePrincipal(on)(
        { storeId, principalId: params.id, endGranted },
        byCaller(caller, facts),
      );
      if (!done)
        throw new Refusal("conflict", "It had more keys than one request can end. Send it again.", again);
      const body = { principalId, revokedAt: toIso(revokedAt), ...part };
      const answer = storeAnswer(request, { now: on.now(), status: 200, answer: body });
      const lost = await tryCommit(on.table, [answer]);
      return lost.length === 0 ? { status: 200, body } : undefined;
    });
