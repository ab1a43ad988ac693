import { z } from "zod";
import type { Write } from "#functions/runtime/table.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, Instant } from "#functions/values/clock.ts";
import { PrincipalId, type RandomBytes, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Role, Scope } from "#functions/values/scope.ts";
import { createdKey, type StoredKey } from "./license-key.store.ts";
import { digestOf, lastFour, mintLicenseKey } from "./license-key.ts";
import { type Peppers, pepperOf, type ReadPeppers } from "./pepper.ts";
import { createdPrincipal, type PrincipalStore } from "./principal.store.ts";
import { type Principal, PrincipalName, principalIdOf } from "./principal.ts";
import { beyondRole, scopesOf } from "./role.ts";

export const IssueLicenseKey = z.strictObject({
  storeId: StoreId,
  role: Role,
  /** A principal that exists, or a name: the store's principal of that name is found or made. */
  principal: z.union([PrincipalId, PrincipalName]),
  /** Fewer than the role has; absent: all of them. */
  scopes: z.array(Scope).min(1).optional(),
  expiresAt: Instant.optional(),
});
export type IssueLicenseKey = z.infer<typeof IssueLicenseKey>;

/** `key` is shown here and never again. */
export type IssuedKey = Omit<StoredKey, "digest" | "pepperVersion" | "publicId"> & {
  readonly key: string;
  readonly keyId: string;
};

export type IssuesKeys = {
  stores: { get(storeId: StoreId): Promise<{ livemode: boolean; status: string } | undefined> };
  principals: PrincipalStore;
  table: Pick<Table, "commit">;
  readPeppers: ReadPeppers;
  now: Clock;
  random: RandomBytes;
};

export const issueLicenseKey =
  (on: IssuesKeys) =>
  async (command: IssueLicenseKey): Promise<IssuedKey> => {
    const store = await on.stores.get(command.storeId);
    if (!store) throw new Refusal("not_found", `There is no store ${command.storeId}.`);
    if (store.status !== "active")
      throw new Refusal("conflict", `The store is ${store.status}: no key is issued for it.`);
    const found = await principalFor(on, command);
    const { issued, writes } = keyFor(on, command, {
      principalId: found.principal.id,
      livemode: store.livemode,
      peppers: await on.readPeppers(),
    });
    const lost = await tryCommit(on.table, [...writes, ...found.writes]);
    // Somebody made the same principal meanwhile: it is there now.
    return lost.length > 0 ? issueLicenseKey(on)(command) : issued;
  };

/** A key and its rows, for whoever commits them with rows of their own. */
export const keyFor = (
  on: Pick<IssuesKeys, "now" | "random">,
  { storeId, role, scopes = [...scopesOf[role]], expiresAt }: Omit<IssueLicenseKey, "principal">,
  of: { principalId: PrincipalId; livemode: boolean; peppers: Peppers },
): { issued: IssuedKey; writes: Write[] } => {
  const now = on.now();
  refuseMisfits(role, scopes, expiresAt, now);
  const minted = mintLicenseKey(of.livemode, on.random);
  const shown = {
    storeId,
    principalId: of.principalId,
    role,
    scopes,
    livemode: of.livemode,
    lastFour: lastFour(minted),
    createdAt: now,
    ...(expiresAt !== undefined && { expiresAt }),
  };
  const digest = digestOf(pepperOf(of.peppers, of.peppers.current), minted.text);
  const stored = { ...shown, publicId: minted.publicId, digest, pepperVersion: of.peppers.current };
  return { issued: { key: minted.text, keyId: minted.publicId, ...shown }, writes: createdKey(stored) };
};

const refuseMisfits = (
  role: Role,
  scopes: readonly Scope[],
  expiresAt: Instant | undefined,
  now: Instant,
) => {
  const beyond = beyondRole(role, scopes);
  if (beyond.length > 0)
    throw new Refusal("invalid", `The role ${role} does not have ${beyond.join(", ")}.`, {
      param: "$.scopes",
    });
  if (expiresAt !== undefined && expiresAt <= now)
    throw new Refusal("invalid", "The key would have expired already.", { param: "$.expiresAt" });
};

const principalFor = async (
  on: IssuesKeys,
  { storeId, role, principal: wanted }: IssueLicenseKey,
): Promise<{ principal: Principal; writes: Write[] }> => {
  const id = PrincipalId.safeParse(wanted);
  const found = await on.principals.get(storeId, id.success ? id.data : principalIdOf(storeId, wanted));
  if (found) return { principal: sameRole(found, role), writes: [] };
  if (id.success) throw new Refusal("not_found", `The store has no principal ${wanted}.`);
  const principal = newPrincipal(on, { storeId, role, name: wanted });
  return { principal, writes: [createdPrincipal(principal)] };
};

export const newPrincipal = (
  on: Pick<IssuesKeys, "now">,
  given: Pick<Principal, "storeId" | "role" | "name">,
): Principal => ({ ...given, id: principalIdOf(given.storeId, given.name), createdAt: on.now() });

/** One principal, one role: else a key roll could turn an agent into an administrator. */
const sameRole = (principal: Principal, role: Role): Principal => {
  if (principal.role === role) return principal;
  throw new Refusal(
    "conflict",
    `The principal ${principal.name} has the role ${principal.role}, not ${role}.`,
  );
};
