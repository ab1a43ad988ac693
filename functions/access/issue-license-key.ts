import { z } from "zod";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import { type Clock, Instant } from "#functions/values/clock.ts";
import { PrincipalId, type RandomBytes, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Role, Scope } from "#functions/values/scope.ts";
import { refuseUnaccepted } from "./data-protection.ts";
import { createdKey } from "./license-key.store.ts";
import { digestOf, lastFour, mintLicenseKey } from "./license-key.ts";
import { idsOfName, keepingName, naming } from "./name-principal.ts";
import { Cidr } from "./network.ts";
import { type Peppers, pepperOf, type ReadPeppers } from "./pepper.ts";
import { createdPrincipal, livePrincipal, noPrincipal, type PrincipalStore } from "./principal.store.ts";
import { type Principal, PrincipalName } from "./principal.ts";
import { type By, recordOf, refuseRecordTwice } from "./record-act.ts";
import { beyondRole, scopesOf } from "./role.ts";
import type { StoredKey } from "./stored-key.ts";

export const IssueLicenseKey = z.strictObject({
  storeId: StoreId,
  /** Keys of support are given for minutes, by a grant of access: by nobody else, the operator neither. */
  role: Role.exclude(["support"]),
  /** A principal that exists, or a name: the store's principal of that name is found or made. */
  principal: z.union([PrincipalId, PrincipalName]),
  /** Fewer than the role has; absent: all of them. */
  scopes: z.array(Scope).min(1).optional(),
  /** From these networks only. */
  cidrs: z.array(Cidr).min(1).max(20).optional(),
  expiresAt: Instant.optional(),
});
export type IssueLicenseKey = z.infer<typeof IssueLicenseKey>;

/** `key` is shown here and never again. */
export type IssuedKey = Omit<StoredKey, "digest" | "pepperVersion" | "publicId" | "version"> & {
  readonly key: string;
  readonly keyId: string;
};

export type IssuesKeys = {
  stores: { get(storeId: StoreId): Promise<{ livemode: boolean; status: string } | undefined> };
  principals: PrincipalStore;
  table: Pick<Table, "get" | "commit">;
  seal: StoreSeal;
  readPeppers: ReadPeppers;
  now: Clock;
  random: RandomBytes;
};

/** By the operator, who may give whatever a role has. */
export const issueLicenseKey =
  (on: IssuesKeys) =>
  async (command: IssueLicenseKey, by: By): Promise<IssuedKey> => {
    const store = await on.stores.get(command.storeId);
    if (!store) throw new Refusal("not_found", `There is no store ${command.storeId}.`);
    if (store.status !== "active")
      throw new Refusal("conflict", `The store is ${store.status}: no key is issued for it.`);
    const found = await principalFor(on, command);
    const { role, scopes = scopesOf[role] } = command;
    refuseUnaccepted({ role, scopes }, found.principal);
    const { issued, writes } = keyFor(on, command, {
      principalId: found.principal.id,
      livemode: store.livemode,
      peppers: await on.readPeppers(),
    });
    const { keyId, storeId, createdAt: at } = issued;
    const record = recordOf(by, { action: "key.issued", storeId, at, about: { keyId } });
    const lost = await tryCommit(on.table, [...writes, ...found.writes, record]);
    refuseRecordTwice(lost);
    // Somebody made or revoked the same principal meanwhile.
    return lost.length > 0 ? issueLicenseKey(on)(command, by) : issued;
  };

type Wanted = Omit<IssueLicenseKey, "principal" | "role"> & { role: Role };
type Of = {
  principalId: PrincipalId;
  livemode: boolean;
  peppers: Peppers;
  /** By whose leave; absent: the operator's. */
  by?: Pick<StoredKey, "principalId" | "publicId">;
};

/** A key and its rows, for whoever commits them with rows of their own. */
export const keyFor = (
  on: Pick<IssuesKeys, "now" | "random">,
  wanted: Wanted,
  of: Of,
): { issued: IssuedKey; writes: Write[] } => {
  const { text, stored } = newKey(on, wanted, of);
  const { publicId: keyId, digest: _, pepperVersion: __, version: ___, ...shown } = stored;
  return { issued: { key: text, keyId, ...shown }, writes: createdKey(stored) };
};

/** The only place where a key is, beside its holder's. */
export const newKey = (
  on: Pick<IssuesKeys, "now" | "random">,
  { storeId, role, scopes = [...scopesOf[role]], cidrs, expiresAt }: Wanted,
  { principalId, livemode, peppers, by }: Of,
): { text: string; stored: StoredKey } => {
  const now = on.now();
  refuseMisfits(role, scopes, expiresAt, now);
  const minted = mintLicenseKey(livemode, on.random);
  const { current } = peppers;
  const stored: StoredKey = {
    publicId: minted.publicId,
    storeId,
    principalId,
    ...(by && { grantedBy: by.principalId, grantedWith: by.publicId }),
    role,
    scopes: [...new Set(scopes)],
    livemode,
    lastFour: lastFour(minted),
    createdAt: now,
    ...(cidrs && { cidrs }),
    ...(expiresAt !== undefined && { expiresAt }),
    digest: digestOf(pepperOf(peppers, current), minted.text),
    pepperVersion: current,
    version: 1,
  };
  return { text: minted.text, stored };
};

export const refuseMisfits = (
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

type For = Pick<IssueLicenseKey, "storeId" | "role" | "principal">;
type Found = { principal: Principal; writes: Write[] };

/** With the writes by which nobody gets a key whose principal is revoked at the same time, and its name is kept. */
export const principalFor = (on: Pick<IssuesKeys, "principals" | "table" | "seal" | "now">, wanted: For) => {
  const id = PrincipalId.safeParse(wanted.principal);
  return id.success ? principalOfId(on, wanted, id.data) : principalOfName(on, wanted);
};

type Finds = Parameters<typeof principalFor>[0];

const principalOfId = async (on: Finds, { storeId, role }: For, id: PrincipalId): Promise<Found> => {
  const found = await on.principals.get(storeId, id);
  if (!found) throw new Refusal("not_found", `The store has no principal ${id}.`);
  refuseUnfitting(found, role);
  return { principal: found, writes: [livePrincipal(found), ...(await keepingName(on, found))] };
};

const principalOfName = async (on: Finds, { storeId, role, principal: name }: For): Promise<Found> => {
  const ids = await idsOfName(on, storeId, name);
  const all = await Promise.all(ids.map((id) => on.principals.get(storeId, id)));
  const found = all.find((each) => each !== undefined);
  if (found) {
    refuseUnfitting(found, role);
    return { principal: found, writes: [livePrincipal(found), await naming(on, found, name)] };
  }
  const principal = { id: ids[0], storeId, role, createdAt: on.now() };
  // Where the store's key is being rotated, another may make one of that name by another version at the same time.
  const others = ids.slice(1).map((id) => noPrincipal({ storeId, id }));
  return {
    principal,
    writes: [createdPrincipal(principal), ...others, await naming(on, principal, name)],
  };
};

/** One principal, one role: else a key roll could turn an agent into an administrator. */
const refuseUnfitting = (principal: Principal, role: Role): void => {
  const { id, revokedAt } = principal;
  if (revokedAt !== undefined)
    throw new Refusal("conflict", `The principal ${id} is revoked, for good. Use another name.`);
  if (principal.role !== role)
    throw new Refusal("conflict", `The principal ${id} has the role ${principal.role}, not ${role}.`);
};
