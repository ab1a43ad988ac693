import type { StoreSeal } from "#functions/privacy/envelope.ts";
import type { Table, Write } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { PrincipalId, StoreId } from "#functions/values/id.ts";
import { type Principal, type PrincipalName, principalIdOf } from "./principal.ts";
import { endingName, keptName, namedPrincipal, sealedNameOf } from "./principal-name.store.ts";
import { isOnePersons } from "./role.ts";
import type { StoredKey } from "./stored-key.ts";

export type NamesPrincipals = { seal: StoreSeal; now: Clock };
type Of = Pick<Principal, "storeId" | "id">;

/** Which principals may be the one of that name: by every version of the store's key, the current one first. */
export const idsOfName = async (
  { seal }: Pick<NamesPrincipals, "seal">,
  storeId: StoreId,
  name: PrincipalName,
): Promise<readonly [PrincipalId, ...PrincipalId[]]> => {
  const [first, ...more] = await seal.marksOf(storeId, "principal", name);
  return [principalIdOf(first), ...more.map(principalIdOf)];
};

/** Said with a key that it gets. */
export const naming = async (on: NamesPrincipals, of: Of, name: PrincipalName): Promise<Write> =>
  namedPrincipal(of, await on.seal.sealForStore(of.storeId, purposeOf(of.id), Buffer.from(name)), on.now());

type Keeps = { table: Pick<Table, "get">; now: Clock };

/** One of its keys is let in or confirmed: whoever is known by a name stays so. */
export const keepingName = async (on: Keeps, of: Of): Promise<Write[]> =>
  (await sealedNameOf(on.table, of)) ? [keptName(of, on.now())] : [];

export const forgettingName = async (on: Keeps, of: Of): Promise<Write[]> =>
  (await sealedNameOf(on.table, of)) ? [endingName(of, on.now())] : [];

export type ReadsNames = { table: Pick<Table, "get">; seal: StoreSeal };
type Held = Pick<StoredKey, "principalId" | "role">;

/** What a key's holder is called, each opened once; a person's name is for whoever may give and take keys. */
export const readNames = (on: ReadsNames, { storeId, scopes }: Caller) => {
  const known = new Map<PrincipalId, Promise<string | undefined>>();
  return ({ principalId: id, role }: Held): Promise<string | undefined> => {
    const name = known.get(id) ?? read(on, { storeId, id });
    known.set(id, name);
    return isOnePersons[role] && !scopes.includes("keys:write") ? Promise.resolve(undefined) : name;
  };
};

const read = async (on: ReadsNames, of: Of): Promise<string | undefined> => {
  const sealedName = await sealedNameOf(on.table, of);
  return (
    sealedName &&
    Buffer.from(await on.seal.unsealForStore(of.storeId, purposeOf(of.id), sealedName)).toString("utf8")
  );
};

/** Binds a sealed name to the one principal that it is of. */
const purposeOf = (id: PrincipalId): string => `principal#${id}`;
