import { all, any, atMost, equals, exists, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import { type Key, type Page, plainly, type Table, type Write } from "#functions/runtime/table.ts";
import { hours, type Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { nextLook, statusOf } from "./key-life.ts";
import { StoredKey } from "./stored-key.ts";

/** What decides whether a key opens anything: as it lies in the row, judged by nobody yet. */
export type Lock = Pick<
  StoredKey,
  "digest" | "livemode" | "revokedAt" | "expiresAt" | "suspendedAt" | "storeStoppedAt" | "cidrs"
> & {
  /** Absent: nobody's. */
  readonly pepperVersion?: string;
};

export type LicenseKeyStore = {
  /** Strongly consistent and never cached: a revoked key is dead at once. */
  get(publicId: string): Promise<StoredKey | undefined>;
  /**
   * The same read for who has yet to prove a key. Where there is none, its lock fits no key, and whoever is refused
   * learns nothing from the delay: the row is parsed only when it is opened.
   */
  find(publicId: string): Promise<{ readonly lock: Lock; open(): StoredKey }>;
  /** All keys of a store, revoked ones too. */
  list(storeId: StoreId): Promise<StoredKey[]>;
  /** The same by page, in order of their ids, after the given one. */
  page(storeId: StoreId, from: { limit: number; after?: string | undefined }): Promise<KeyPage>;
};
export type KeyPage = { readonly keys: readonly StoredKey[]; readonly more: boolean };

export const licenseKeyStore = (table: Pick<Table, "get" | "query">): LicenseKeyStore => {
  const get: LicenseKeyStore["get"] = async (publicId) => {
    const row = await table.get("access", keyRow(publicId));
    return row && StoredKey.parse(row);
  };
  const page: LicenseKeyStore["page"] = async (storeId, { limit, after = "" }) => {
    const { rows, next } = await pointersOf(table, storeId, { limit, after });
    const keys = await Promise.all(rows.map((row) => get(row.sk.slice(pointerPrefix.length))));
    return { keys: keys.filter((key) => key !== undefined), more: next !== undefined };
  };
  return {
    get,
    page,
    find: async (publicId) => {
      const row = await table.get("access", keyRow(publicId));
      return { lock: (row ?? noLock) as Lock, open: () => StoredKey.parse(row) };
    },
    list: async (storeId) => {
      const keys: StoredKey[] = [];
      for (let more = true; more; ) {
        const next = await page(storeId, { limit: 100, after: keys.at(-1)?.publicId });
        keys.push(...next.keys);
        more = next.more;
      }
      return keys;
    },
  };
};

/** No HMAC has this value. */
const noLock: Lock = { digest: new Uint8Array(32), livemode: false };

/** The key and the pointer by which its store lists it. */
export const createdKey = (key: StoredKey): Write[] => [
  {
    table: "access",
    key: keyRow(key.publicId),
    change: { put: { ...key, ...lookAt(key, key.createdAt) } },
    condition: missing(),
  },
  { table: "access", key: pointerRow(key), change: { put: {} }, condition: missing() },
  // A store that is being stopped stops all keys that it has; none may come after that.
  {
    table: "access",
    key: { pk: key.storeId, sk: "store" },
    change: { check: true },
    condition: any(missing(), equals("status", "active")),
  },
];

type Changes = { readonly [Name in keyof StoredKey]?: StoredKey[Name] | undefined };

/** Only over the very version that was read, and only while it may open anything: what is final stays so. */
export const changedKey = (before: StoredKey, set: Changes, now: Instant): Write => {
  const version = before.version + 1;
  return {
    table: "access",
    key: keyRow(before.publicId),
    change: { set: { ...set, version, ...lookAt({ ...before, ...set } as StoredKey, now) } },
    condition: all(equals("version", before.version), missing("revokedAt")),
  };
};

/** Whoever acts by this key acts by what it may just now: if that changes meanwhile, the act is not done. */
export const stillAsRead = ({ publicId, version }: StoredKey): Write => ({
  table: "access",
  key: keyRow(publicId),
  change: { check: true },
  condition: all(equals("version", version), missing("revokedAt")),
});

/** The first revocation stands, whatever else is changed at the same time. */
export const revokedKey = (publicId: string, now: Instant): Write => ({
  table: "access",
  key: keyRow(publicId),
  change: { set: { revokedAt: now, sealedKey: undefined, ...notDue }, add: { version: 1 } },
  condition: all(exists(), missing("revokedAt")),
});

/** Not if it was used meanwhile. */
export const suspendedKey = (key: StoredKey, because: StoredKey["suspendedFor"], now: Instant): Write => {
  const write = changedKey(key, { suspendedAt: now, suspendedFor: because }, now);
  const { lastUsedAt } = key;
  const asRead = lastUsedAt === undefined ? missing("lastUsedAt") : equals("lastUsedAt", lastUsedAt);
  return { ...write, condition: all(write.condition ?? exists(), asRead) };
};

/** The sweeper looked, and nobody has to know. */
export const lookedAtKey = (key: StoredKey, set: Changes, now: Instant): Write =>
  plainly({
    table: "access",
    key: keyRow(key.publicId),
    change: { set: { ...set, ...lookAt({ ...key, ...set } as StoredKey, now) } },
    condition: all(equals("version", key.version), missing("revokedAt")),
  });

const lookAt = (key: StoredKey, now: Instant) =>
  statusOf(key, now) === "active" || key.sealedKey !== undefined
    ? dueAt("license-key", keyRow(key.publicId).pk, nextLook(key, now))
    : notDue;

const usePrecision = hours(1);

export const usedRecently = (key: StoredKey, now: Instant): boolean =>
  key.lastUsedAt !== undefined && key.lastUsedAt > now - usePrecision;

/** Of many uses at once one is written, and nobody waits to hear which: so it is plain. */
export const usedKey = (key: StoredKey, now: Instant): Write =>
  plainly({
    table: "access",
    key: keyRow(key.publicId),
    change: { set: { lastUsedAt: now } },
    condition: all(
      equals("publicId", key.publicId),
      any(missing("lastUsedAt"), atMost("lastUsedAt", now - usePrecision)),
    ),
  });

/** The same, with the digest under the current pepper: only who has proven the key can write it. */
export const rehashedKey = (
  key: StoredKey,
  by: Pick<StoredKey, "digest" | "pepperVersion">,
  now: Instant,
): Write =>
  plainly({
    table: "access",
    key: keyRow(key.publicId),
    change: { set: { lastUsedAt: now, digest: by.digest, pepperVersion: by.pepperVersion } },
    condition: equals("pepperVersion", key.pepperVersion),
  });

const pointerPrefix = "key#";
export const keyRow = (publicId: string): Key => ({ pk: `key#${publicId}`, sk: "key" });
const pointerRow = ({ storeId, publicId }: Pick<StoredKey, "storeId" | "publicId">): Key => ({
  pk: storeId,
  sk: `${pointerPrefix}${publicId}`,
});

const pointersOf = (
  table: Pick<Table, "query">,
  storeId: StoreId,
  { limit, after }: { limit: number; after: string },
): Promise<Page> =>
  table.query("access", {
    pk: storeId,
    // A space sorts before whatever an id is made of: so after the id itself.
    from: `${pointerPrefix}${after}${after && " "}`,
    to: `${pointerPrefix}~`,
    limit,
  });
