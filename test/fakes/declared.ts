import { personalData } from "#functions/privacy/personal-data.ts";
import { kindOf, storedData } from "#functions/privacy/stored-data.ts";
import { keptAtMost, type StoredRecord } from "#functions/privacy/stored-record.ts";
import type { Row, TableName } from "#functions/runtime/table.ts";
import { type Instant, minutes } from "#functions/values/clock.ts";

type Found = { readonly path: string; readonly value: unknown };

/** Every leaf of a row; a list is what is in it. */
export const leavesOf = (value: unknown, path = ""): Found[] => {
  if (Array.isArray(value)) return value.length === 0 ? [] : value.flatMap((each) => leavesOf(each, path));
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return [{ path, value }];
  return Object.entries(value).flatMap(([name, each]) => leavesOf(each, path ? `${path}.${name}` : name));
};

/** What a row holds that the inventory of this service does not know. */
export const undeclaredIn = (table: TableName, row: Row): string[] => {
  const kind = kindOf(table, row);
  const declared = storedData[table][kind];
  const of = `${table} ${kind}`;
  if (!declared) return [`${of} is no kind of row`];
  return leavesOf(row)
    .filter(({ path, value }) => value !== undefined && path !== "pk" && path !== "sk")
    .filter((found) => !isDeclared(declared, found))
    .map(({ path }) => `${of} holds ${path}`);
};

/** Ends are whole seconds, by clocks that may be a little ahead. */
const grace = minutes(10);

/** What a row whose kind ends by itself lacks to end in time: the inventory's bound, from now. A person may have it restricted. */
export const endlessIn = (table: TableName, row: Row, now: Instant): string[] => {
  const kind = kindOf(table, row);
  const kept = storedData[table][kind]?.kept;
  const bound = kept && keptAtMost[kept];
  if (bound === undefined || row["due"] !== undefined || row["restrictedAt"] !== undefined) return [];
  const left = Number(row["expiresAtSeconds"] ?? Number.POSITIVE_INFINITY) * 1_000 - now;
  return left > bound + grace ? [`${table} ${kind} ${row.pk} is kept for ${left} ms, at most ${bound}`] : [];
};

export const isDeclared = (declared: StoredRecord, { path, value }: Found): boolean => {
  if (declared.sealed?.[path] ?? declared.colleague?.[path])
    return value === undefined || value instanceof Uint8Array;
  const listed = declared.clear?.[path];
  if (listed) return personalData.some(({ field, sealedAs }) => field === listed && sealedAs === "clear");
  return isPlain(declared, path);
};

/** What must be sealed lies under no wildcard in clear: `answer.*` is no license for a contact. */
const isPlain = ({ plain }: StoredRecord, path: string): boolean =>
  plain.includes(path) ||
  (!isPersonal(path) && plain.some((name) => name.endsWith(".*") && path.startsWith(name.slice(0, -1))));

const isPersonal = (path: string): boolean =>
  personalData.some(({ field, sealedAs }) => sealedAs !== "clear" && path.endsWith(`.${field}`));
