import { z } from "zod";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import { type Instant, toIso } from "#functions/values/clock.ts";
import { PrincipalId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Role } from "#functions/values/scope.ts";
import { AcceptedStatement, viewAccepted } from "./accept-statement.ts";
import { refuseUnaccepted } from "./data-protection.ts";
import { refuseBeyond } from "./grant.ts";
import { statusOf } from "./key-life.ts";
import { LicenseKeyView, ShownName, viewKey } from "./key-view.ts";
import { changedKey, stillAsRead } from "./license-key.store.ts";
import { keepingName, readNames } from "./name-principal.ts";
import type { ReadPeppers } from "./pepper.ts";
import { callersKey, type LooksAtKeys, type ReadsKeys, storesKey } from "./read-license-keys.ts";
import { byCaller, recordOf } from "./record-act.ts";
import type { accessRoutes } from "./routes.ts";
import { KeyId, type StoredKey } from "./stored-key.ts";

/** Who may do what: everybody with all their keys, and when each was last used and last looked at. */
export const AccessReview = z.object({
  asOf: z.iso.datetime(),
  principals: z.array(
    z.object({
      id: PrincipalId,
      name: ShownName,
      role: Role,
      createdAt: z.iso.datetime(),
      revokedAt: z.iso.datetime().optional(),
      /** The data-protection statement that it accepted last. */
      accepted: AcceptedStatement.optional(),
      licenseKeys: z.array(LicenseKeyView),
    }),
  ),
});

export const Reviewed = z.strictObject({
  /** Those that are as they should be; what is not is revoked or narrowed instead. */
  licenseKeys: z
    .array(KeyId)
    .min(1)
    .max(40)
    .refine((ids) => new Set(ids).size === ids.length, { error: "names a key twice" }),
});
export const ReviewedKeys = z.object({ licenseKeys: z.array(LicenseKeyView) });

type Reviews = ReadsKeys & { table: Table; readPeppers: ReadPeppers };
type Route = typeof accessRoutes.reviewAccess;

export const showAccess =
  (on: LooksAtKeys): Operation<typeof accessRoutes.showAccess> =>
  async ({ caller }) => {
    const { storeId } = caller;
    const [principals, keys] = await Promise.all([on.principals.list(storeId), on.keys.list(storeId)]);
    const now = on.now();
    const nameOf = readNames(on, caller);
    const shown = principals.map(async ({ id, role, createdAt, revokedAt, accepted }) => {
      const name = await nameOf({ principalId: id, role });
      return {
        id,
        name,
        role,
        createdAt: toIso(createdAt),
        ...(revokedAt !== undefined && { revokedAt: toIso(revokedAt) }),
        ...(accepted && { accepted: viewAccepted(accepted) }),
        licenseKeys: keys.filter((key) => key.principalId === id).map((key) => viewKey(key, now, name)),
      };
    });
    return { status: 200, body: { asOf: toIso(now), principals: await Promise.all(shown) } };
  };

/** Somebody has looked and takes it on: for 90 days more, and a key that was suspended for want of that works again. */
export const reviewAccess =
  (on: Reviews): Operation<Route> =>
  (command) =>
    answerOnce(on, command.request, (request) => review(on, command, request));

const review = async (
  on: Reviews,
  { caller, body: { licenseKeys }, request: facts }: Command<Route>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const { storeId } = caller;
  const grantor = await callersKey(on, caller);
  const found = await Promise.all(licenseKeys.map((id) => storesKey(on, caller, id)));
  for (const { key, principal } of found) refuseUnaccepted(key, principal);
  const { retired = [] } = await on.readPeppers();
  const now = on.now();
  const reviewed = found.map(({ key }) => ({ key, set: reviewOf(key, { grantor, retired, now }) }));
  const body = { licenseKeys: reviewed.map(({ key, set }) => viewKey({ ...key, ...set }, now)) };
  const holders = [...new Set(found.map(({ key }) => key.principalId))];
  const kept = await Promise.all(holders.map((id) => keepingName(on, { storeId, id })));
  const lost = await tryCommit(on.table, [
    ...reviewed.map(({ key, set }): Write => changedKey(key, set, now)),
    ...kept.flat(),
    ...(licenseKeys.includes(grantor.publicId) ? [] : [stillAsRead(grantor)]),
    recordOf(byCaller(caller, facts), {
      action: "keys.reviewed",
      storeId,
      at: now,
      about: { keyIds: licenseKeys.join(" ") },
    }),
    storeAnswer(request, { now, status: 200, answer: body }),
  ]);
  return lost.length === 0 ? { status: 200, body } : undefined;
};

type On = { grantor: StoredKey; retired: readonly string[]; now: Instant };

/** To let a key work again is to grant it. */
const reviewOf = (key: StoredKey, { grantor, retired, now }: On): Partial<StoredKey> => {
  const status = statusOf(key, now);
  if (status === "revoked" || status === "expired")
    throw new Refusal("conflict", `The key ${key.publicId} is ${status}, for good.`);
  if (status === "active") return { reviewedAt: now, warnedAt: undefined };
  // Known to others, or stored under a pepper that is gone: it can't be let in again.
  if (key.exposedAt !== undefined || retired.includes(key.pepperVersion))
    throw new Refusal("conflict", `The key ${key.publicId} can't work again. Roll it.`);
  refuseBeyond(grantor, key);
  return {
    reviewedAt: now,
    reactivatedAt: now,
    suspendedAt: undefined,
    suspendedFor: undefined,
    warnedAt: undefined,
  };
};
