import { z } from "zod";
import type { Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Scope } from "#functions/values/scope.ts";
import { refuseUnaccepted } from "./data-protection.ts";
import { type Grant, refuseBeyond } from "./grant.ts";
import { refuseMisfits } from "./issue-license-key.ts";
import { statusOf } from "./key-life.ts";
import { viewKey } from "./key-view.ts";
import { changedKey, stillAsRead } from "./license-key.store.ts";
import { areInside, Cidr } from "./network.ts";
import { callersKey, type ReadsKeys, refuseSupports, storesKey } from "./read-license-keys.ts";
import { byCaller, recordOf } from "./record-act.ts";
import type { accessRoutes } from "./routes.ts";
import type { StoredKey } from "./stored-key.ts";

/** What is left out stays; `null` takes a bound away. */
export const Restriction = z.strictObject({
  scopes: z.array(Scope).min(1).optional(),
  cidrs: z.array(Cidr).min(1).max(20).nullable().optional(),
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .nullable()
    .optional(),
});
export type Restriction = z.infer<typeof Restriction>;

type Restricts = ReadsKeys & { table: Pick<Table, "commit"> };

/** Narrower at will. Wider in anything only as far as the calling key could issue such a key anew. */
export const restrictLicenseKey =
  (on: Restricts): Operation<typeof accessRoutes.restrictLicenseKey> =>
  async ({ caller, params, body, request }) => {
    const grantor = await callersKey(on, caller);
    const { key, principal } = await storesKey(on, caller, params.id);
    refuseSupports(key);
    const now = on.now();
    const after = { ...key, ...changesOf(key, body, now) };
    if (isWider(key, after)) {
      refuseBeyond(grantor, after);
      refuseUnaccepted(after, principal);
    }
    const write = changedKey(
      key,
      { scopes: after.scopes, cidrs: after.cidrs, expiresAt: after.expiresAt },
      now,
    );
    const lost = await tryCommit(on.table, [
      write,
      ...(grantor.publicId === key.publicId ? [] : [stillAsRead(grantor)]),
      recordOf(byCaller(caller, request), {
        action: "key.restricted",
        storeId: key.storeId,
        at: now,
        about: { keyId: key.publicId },
      }),
    ]);
    if (lost.length > 0)
      throw new Refusal("conflict", "The key was changed at the same time; read it and try again.");
    return { status: 200, body: viewKey(after, now) };
  };

const changesOf = (key: StoredKey, body: Restriction, now: Instant): Partial<StoredKey> => {
  const status = statusOf(key, now);
  if (status === "revoked" || status === "expired")
    throw new Refusal("conflict", `The key is ${status}, for good.`);
  if (key.rolledTo !== undefined && body.expiresAt !== undefined)
    throw new Refusal("conflict", "The key is being rolled, which says when it ends.", {
      param: "$.expiresAt",
    });
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  const changes: Partial<StoredKey> = Object.fromEntries(
    given.map(([name, value]) => [name, value ?? undefined]),
  );
  refuseMisfits(key.role, changes.scopes ?? key.scopes, changes.expiresAt, now);
  return changes;
};

const isWider = (before: Grant, after: Grant): boolean =>
  after.scopes.some((scope) => !before.scopes.includes(scope)) ||
  (before.cidrs !== undefined && !(after.cidrs && areInside(after.cidrs, before.cidrs))) ||
  (after.expiresAt ?? Number.POSITIVE_INFINITY) > (before.expiresAt ?? Number.POSITIVE_INFINITY);
