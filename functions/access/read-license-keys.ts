import { z } from "zod";
import type { Operation } from "#functions/runtime/route.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { PrincipalId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { Scope } from "#functions/values/scope.ts";
import { LicenseKeyView, viewKey } from "./key-view.ts";
import type { LicenseKeyStore } from "./license-key.store.ts";
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

export const listLicenseKeys =
  (on: ReadsKeys): Operation<typeof accessRoutes.listLicenseKeys> =>
  async ({ caller, query }) => {
    const { keys, more } = await on.keys.page(caller.storeId, query);
    const name = await namesOf(on, caller.storeId, keys);
    const licenseKeys = keys.map((key) => viewKey(key, name(key), on.now()));
    return { status: 200, body: { licenseKeys, next: more ? keys.at(-1)?.publicId : undefined } };
  };

export const getLicenseKey =
  (on: ReadsKeys): Operation<typeof accessRoutes.getLicenseKey> =>
  async ({ caller, params }) => {
    const { key, name } = await storesKey(on, caller, params.id);
    return { status: 200, body: viewKey(key, name, on.now()) };
  };

/** What the keys' principals are called. */
export const namesOf = async (
  on: Pick<ReadsKeys, "principals">,
  storeId: StoreId,
  keys: readonly StoredKey[],
): Promise<(key: StoredKey) => string> => {
  const ids = [...new Set(keys.map(({ principalId }) => principalId))];
  const found = await Promise.all(ids.map((id) => on.principals.get(storeId, id)));
  const names = new Map<PrincipalId, string>(
    found.flatMap((principal) => (principal ? [[principal.id, principal.name]] : [])),
  );
  return ({ principalId }) => names.get(principalId) ?? "";
};

/** Another store's key is told like one that does not exist. */
export const storesKey = async (
  on: Pick<ReadsKeys, "keys" | "principals">,
  { storeId }: Caller,
  id: string,
): Promise<{ key: StoredKey; name: string; principal: Principal | undefined }> => {
  const key = await on.keys.get(id);
  if (key?.storeId !== storeId) throw new Refusal("not_found", "There is no license key with this id.");
  const principal = await on.principals.get(storeId, key.principalId);
  return { key, name: principal?.name ?? "", principal };
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
