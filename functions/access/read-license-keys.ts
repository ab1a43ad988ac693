import { z } from "zod";
import type { Operation } from "#functions/runtime/route.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { Scope } from "#functions/values/scope.ts";
import { LicenseKeyView, viewKey } from "./key-view.ts";
import type { LicenseKeyStore } from "./license-key.store.ts";
import { type ReadsNames, readNames } from "./name-principal.ts";
import type { PrincipalStore } from "./principal.store.ts";
import type { Principal } from "./principal.ts";
import type { accessRoutes } from "./routes.ts";
import { KeyId, type StoredKey } from "./stored-key.ts";

export const KeyParams = z.strictObject({ id: KeyId });
export const KeysQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** `next` of the page before. */
  after: KeyId.optional(),
});
export const KeysPage = z.object({ licenseKeys: z.array(LicenseKeyView), next: KeyId.optional() });

export type ReadsKeys = { keys: LicenseKeyStore; principals: PrincipalStore; now: Clock };
export type LooksAtKeys = ReadsKeys & ReadsNames;

export const listLicenseKeys =
  (on: LooksAtKeys): Operation<typeof accessRoutes.listLicenseKeys> =>
  async ({ caller, query }) => {
    const { keys, more } = await on.keys.page(caller.storeId, query);
    const nameOf = readNames(on, caller);
    const licenseKeys = await Promise.all(keys.map(async (key) => viewKey(key, on.now(), await nameOf(key))));
    return { status: 200, body: { licenseKeys, next: more ? keys.at(-1)?.publicId : undefined } };
  };

export const getLicenseKey =
  (on: LooksAtKeys): Operation<typeof accessRoutes.getLicenseKey> =>
  async ({ caller, params }) => {
    const { key } = await storesKey(on, caller, params.id);
    return { status: 200, body: viewKey(key, on.now(), await readNames(on, caller)(key)) };
  };

/** Another store's key is told like one that does not exist. */
export const storesKey = async (
  on: Pick<ReadsKeys, "keys" | "principals">,
  { storeId }: Caller,
  id: string,
): Promise<{ key: StoredKey; principal: Principal | undefined }> => {
  const key = await on.keys.get(id);
  if (key?.storeId !== storeId) throw new Refusal("not_found", "There is no license key with this id.");
  return { key, principal: await on.principals.get(storeId, key.principalId) };
};

/** As it is now: it may have been narrowed since the authorizer looked. */
export const callersKey = async (
  on: Pick<ReadsKeys, "keys">,
  { keyId, storeId }: Caller,
  by: Scope = "keys:write",
): Promise<StoredKey> => {
  const key = await on.keys.get(keyId);
  if (key?.storeId === storeId && key.revokedAt === undefined && key.scopes.includes(by)) return key;
  throw new Refusal("forbidden", "The calling key may manage keys no longer.");
};

/** What a person of support has ends as it was granted: nothing makes it longer, wider or another's. */
export const refuseSupports = ({ role }: StoredKey): void => {
  if (role === "support")
    throw new Refusal("conflict", "Access of support is ended and granted anew, not changed.");
};
