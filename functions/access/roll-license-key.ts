import { z } from "zod";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { tryCommit, type Write } from "#functions/runtime/table.ts";
import { type Instant, seconds } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { refuseUnaccepted } from "./data-protection.ts";
import { refuseBeyond } from "./grant.ts";
import { answered, type GrantsKeys, sealed, shown, shownAgain } from "./grant-license-key.ts";
import { newKey } from "./issue-license-key.ts";
import { statusOf, times } from "./key-life.ts";
import { viewKey } from "./key-view.ts";
import { changedKey, createdKey, revokedKey, stillAsRead } from "./license-key.store.ts";
import { keepingName } from "./name-principal.ts";
import { livePrincipal } from "./principal.store.ts";
import { callersKey, refuseSupports, storesKey } from "./read-license-keys.ts";
import { byCaller, recordOf } from "./record-act.ts";
import type { accessRoutes } from "./routes.ts";
import type { StoredKey } from "./stored-key.ts";

export const Roll = z.strictObject({
  /** How long the old key works beside the new one. 0: it is revoked in the same moment, and nothing takes that back. */
  overlapSeconds: z
    .int()
    .min(0)
    .max(times.overlap / seconds(1))
    .default(86_400),
});
export type Roll = z.infer<typeof Roll>;

type Route = typeof accessRoutes.rollLicenseKey;
type CancelRoute = typeof accessRoutes.cancelRoll;

/** A new key with the rights of the old one, which ends after the overlap: from then on it never works again. */
export const rollLicenseKey =
  (on: GrantsKeys): Operation<Route> =>
  (command) =>
    answerOnce(
      on,
      command.request,
      (request) => roll(on, command, request),
      (seen) => shownAgain(on, command.caller, seen),
    );

const roll = async (
  on: GrantsKeys,
  { caller, params, body, request: facts }: Command<Route>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const grantor = await callersKey(on, caller);
  const { key: old, principal } = await storesKey(on, caller, params.id);
  const now = on.now();
  refuseUnrollable(old, now);
  refuseBeyond(grantor, old);
  refuseUnaccepted(old, principal);
  const successor = await successorOf(on, old, grantor);
  const holder = { storeId: old.storeId, id: old.principalId };
  const lost = await tryCommit(on.table, [
    ...createdKey(successor.stored),
    endedKey(old, successor.stored.publicId, body, now),
    livePrincipal(holder),
    ...(await keepingName(on, holder)),
    ...(grantor.publicId === old.publicId ? [] : [stillAsRead(grantor)]),
    recordOf(byCaller(caller, facts), {
      action: "key.rolled",
      storeId: old.storeId,
      at: now,
      about: { keyId: old.publicId, successorId: successor.stored.publicId },
    }),
    answered(request, successor.stored.publicId, now),
  ]);
  return lost.length === 0 ? shown(successor.stored, now, successor.text) : undefined;
};

const refuseUnrollable = (key: StoredKey, now: Instant): void => {
  refuseSupports(key);
  const status = statusOf(key, now);
  if (status === "revoked" || status === "expired")
    throw new Refusal("conflict", `The key is ${status}. Issue a new one.`);
  if (key.rolledTo !== undefined)
    throw new Refusal("conflict", "The key is being rolled already. Roll its successor, or cancel the roll.");
};

const successorOf = async (on: GrantsKeys, old: StoredKey, by: StoredKey) => {
  const { storeId, role, scopes, cidrs, expiresAt, principalId, livemode, publicId } = old;
  const wanted = { storeId, role, scopes, cidrs, expiresAt };
  const made = newKey(on, wanted, { principalId, livemode, peppers: await on.readPeppers(), by });
  return { text: made.text, stored: { ...(await sealed(on, made)), rolledFrom: publicId } };
};

/** Without an overlap it is revoked rather than expired: then no clock that is slow lets it in once more. */
const endedKey = (old: StoredKey, rolledTo: string, { overlapSeconds }: Roll, now: Instant): Write => {
  const until = now + seconds(overlapSeconds);
  if (overlapSeconds === 0) return changedKey(old, { rolledTo, revokedAt: now, sealedKey: undefined }, now);
  const expiresAt = Math.min(until, old.expiresAt ?? until);
  return changedKey(old, { rolledTo, expiresAt, expiredBefore: old.expiresAt, warnedAt: now }, now);
};

/** While the old key still works: it goes on as before, and its successor is revoked. */
export const cancelRoll =
  (on: GrantsKeys): Operation<CancelRoute> =>
  (command) =>
    answerOnce(on, command.request, (request) => cancel(on, command, request));

const cancel = async (
  on: GrantsKeys,
  { caller, params, request: facts }: Command<CancelRoute>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const grantor = await callersKey(on, caller);
  const { key: old } = await storesKey(on, caller, params.id);
  const now = on.now();
  const successorId = successorToCancel(old, now);
  const restored = { expiresAt: old.expiredBefore, rolledTo: undefined, expiredBefore: undefined };
  refuseBeyond(grantor, { ...old, ...restored });
  const body = viewKey({ ...old, ...restored }, now);
  const successor = await on.keys.get(successorId);
  const lost = await tryCommit(on.table, [
    changedKey(old, restored, now),
    ...(successor?.revokedAt === undefined ? [revokedKey(successorId, now)] : []),
    ...([old.publicId, successorId].includes(grantor.publicId) ? [] : [stillAsRead(grantor)]),
    recordOf(byCaller(caller, facts), {
      action: "key.roll_canceled",
      storeId: old.storeId,
      at: now,
      about: { keyId: old.publicId, successorId },
    }),
    storeAnswer(request, { now, status: 200, answer: body }),
  ]);
  return lost.length === 0 ? { status: 200, body } : undefined;
};

const successorToCancel = (old: StoredKey, now: Instant): string => {
  const status = statusOf(old, now);
  if (old.rolledTo === undefined || status === "revoked" || status === "expired")
    throw new Refusal("conflict", "There is no roll of this key to cancel.");
  return old.rolledTo;
};
