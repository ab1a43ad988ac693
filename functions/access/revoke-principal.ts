import { z } from "zod";
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
import { type PrincipalStore, revokedPrincipal } from "./principal.store.ts";
import type { Principal } from "./principal.ts";
import { type By, byCaller, recordOf, refuseRecordTwice } from "./record-act.ts";
import { revoking } from "./revoke-license-key.ts";
import type { accessRoutes } from "./routes.ts";
import { KeyId } from "./stored-key.ts";

export const Leaving = z.strictObject({
  /** Ends the keys of others, too, that they granted and so have seen. */
  endGranted: z.boolean().default(false),
});
export const RevokePrincipal = Leaving.extend({ storeId: StoreId, principalId: PrincipalId });
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
  keys: Pick<LicenseKeyStore, "list" | "get">;
  principals: PrincipalStore;
  table: Table;
  now: Clock;
};
type Revoked = Omit<z.infer<typeof RevokedPrincipal>, "revokedAt"> & { revokedAt: Instant };

/**
 * Whoever leaves: nothing that they hold works after the answer. The principal goes first, since from then on it gets
 * no further key; then its keys, each by itself, since from then on it grants nothing; then whom it let in. A call that
 * dies half-way is made again.
 */
export const revokePrincipal =
  (on: RevokesPrincipals) =>
  async ({ storeId, principalId, endGranted }: RevokePrincipal, by: By): Promise<Revoked> => {
    const principal = await on.principals.get(storeId, principalId);
    if (!principal) throw new Refusal("not_found", "The store has no such principal.");
    const now = on.now();
    const { revokedAt = now } = principal;
    if (principal.revokedAt === undefined) {
      const record = recordOf(by, { action: "principal.revoked", storeId, at: now, about: { principalId } });
      const lost = await tryCommit(on.table, [revokedPrincipal(principal, now), record]);
      refuseRecordTwice(lost);
      if (lost.length > 0) return revokePrincipal(on)({ storeId, principalId, endGranted }, by);
    }
    const keys = (await on.keys.list(storeId)).filter((key) => key.principalId === principalId);
    await Promise.all(
      keys
        .filter((key) => key.revokedAt === undefined)
        .map(({ publicId }) => tryCommit(on.table, [revokedKey(publicId, now)])),
    );
    return {
      principalId,
      revokedAt,
      keys: keys.length,
      ...(await leftBehind(on, { principal, endGranted, by })),
    };
  };

type Leaver = { principal: Principal; endGranted: boolean; by: By };

const leftBehind = async (
  on: RevokesPrincipals,
  { principal: { id, storeId }, endGranted, by }: Leaver,
): Promise<Pick<Revoked, "supportGrants" | "grantedKeys">> => {
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
  if (endGranted) await Promise.all(others.map((key) => tryCommit(on.table, revoking(key, by, on.now()))));
  return { supportGrants, grantedKeys: others.map(({ publicId }) => publicId) };
};

/** By a key that may manage keys. */
export const revokeStoresPrincipal =
  (on: RevokesPrincipals): Operation<typeof accessRoutes.revokePrincipal> =>
  ({ caller, params, body: { endGranted }, request: facts }) =>
    answerOnce(on, facts, async (request): Promise<Answer | undefined> => {
      const { storeId } = caller;
      const revoked = await revokePrincipal(on)(
        { storeId, principalId: params.id, endGranted },
        byCaller(caller, facts),
      );
      const body = { ...revoked, revokedAt: toIso(revoked.revokedAt) };
      const answer = storeAnswer(request, { now: on.now(), status: 200, answer: body });
      const lost = await tryCommit(on.table, [answer]);
      return lost.length === 0 ? { status: 200, body } : undefined;
    });
