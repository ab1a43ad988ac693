import { exists } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { days, type Instant } from "#functions/values/clock.ts";
import type { PrincipalId, StoreId } from "#functions/values/id.ts";
import { Sealed } from "#functions/values/sealed.ts";
import { times } from "./key-life.ts";

/** How long after a principal's keys its name can be read: as long as that of a person of support. */
export const nameKept = days(90);

type Of = { readonly storeId: StoreId; readonly id: PrincipalId };

export const sealedNameOf = async (
  table: Pick<Table, "get">,
  { storeId, id }: Of,
): Promise<Uint8Array | undefined> => {
  const row = await table.get("access", nameRow(storeId, id));
  return row && Sealed.parse(row["sealedName"]);
};

/**
 * A key of the principal was let in or confirmed just now. Without another look none of its keys works longer than that
 * much, so the row's end follows from it, and nobody has to come by to forget a name.
 */
export const namedPrincipal = ({ storeId, id }: Of, sealedName: Uint8Array, now: Instant): Write => ({
  table: "access",
  key: nameRow(storeId, id),
  change: { put: { sealedName, ...endsAt(now + times.unreviewed + nameKept) } },
});

/** The same where the name is not said again. */
export const keptName = ({ storeId, id }: Of, now: Instant): Write =>
  ends(storeId, id, now + times.unreviewed);

/** Whoever leaves: none of its keys works from now on. */
export const endingName = ({ storeId, id }: Of, now: Instant): Write => ends(storeId, id, now);

const ends = (storeId: StoreId, id: PrincipalId, keysEnd: Instant): Write => ({
  table: "access",
  key: nameRow(storeId, id),
  change: { set: endsAt(keysEnd + nameKept) },
  condition: exists(),
});

const endsAt = (at: Instant) => ({ expiresAtSeconds: Math.ceil(at / 1_000) });

const nameRow = (storeId: StoreId, id: PrincipalId): Key => ({ pk: storeId, sk: `name#${id}` });
