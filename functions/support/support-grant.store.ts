import { allRows } from "#functions/runtime/all-rows.ts";
import { equals, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import { type StoreId, SupportGrantId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { SupportGrant, times } from "./support-grant.ts";

const prefix = "support#";
const grantRow = (storeId: StoreId, id: SupportGrantId): Key => ({ pk: storeId, sk: `${prefix}${id}` });

/** Newest first. */
export const listGrants = async (table: Pick<Table, "query">, storeId: StoreId): Promise<SupportGrant[]> => {
  const rows = await allRows(table, "access", { pk: storeId, from: prefix, to: `${prefix}~` });
  return rows.map((row) => SupportGrant.parse(row)).sort((left, right) => right.createdAt - left.createdAt);
};

/** Another store's grant is told like one that does not exist. */
export const ownGrant = async (
  table: Pick<Table, "get">,
  { storeId }: Pick<Caller, "storeId">,
  text: string,
): Promise<SupportGrant> => {
  const id = SupportGrantId.safeParse(text);
  const row = id.success ? await table.get("access", grantRow(storeId, id.data)) : undefined;
  if (!row) throw new Refusal("not_found", "There is no access of support with this id.");
  return SupportGrant.parse(row);
};

export const createdGrant = (grant: SupportGrant): Write => put(grant, missing());

export const savedGrant = (before: SupportGrant, after: SupportGrant): Write =>
  put(after, equals("version", before.version));

const put = (grant: SupportGrant, condition: NonNullable<Write["condition"]>): Write => {
  const key = grantRow(grant.storeId, grant.id);
  const next =
    grant.endedAt === undefined
      ? dueAt("support-grant", key.pk, grant.endsAt)
      : { ...notDue, expiresAtSeconds: Math.ceil((grant.endedAt + times.kept) / 1_000) };
  return { table: "access", key, change: { put: { ...grant, ...next } }, condition };
};
