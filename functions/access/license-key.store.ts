import { z } from "zod";
import { all, any, atMost, equals, exists, missing } from "#functions/runtime/condition.ts";
import { type Key, plainly, type Row, type Table, type Write } from "#functions/runtime/table.ts";
import { hours, Instant } from "#functions/values/clock.ts";
import { PrincipalId, StoreId } from "#functions/values/id.ts";
import { Role, Scope } from "#functions/values/scope.ts";

/** A license key as it is stored: everything but the key. */
export const StoredKey = z.object({
  publicId: z.string(),
  storeId: StoreId,
  principalId: PrincipalId,
  role: Role,
  scopes: z.array(Scope),
  livemode: z.boolean(),
  /** HMAC-SHA-256 of the key under the pepper of `pepperVersion`. */
  digest: z.instanceof(Uint8Array),
  pepperVersion: z.string(),
  lastFour: z.string(),
  createdAt: Instant,
  expiresAt: Instant.optional(),
  revokedAt: Instant.optional(),
  /** Its store was stopped; see `stopped-key.store.ts`. */
  storeStoppedAt: Instant.optional(),
  /** Written at most hourly. */
  lastUsedAt: Instant.optional(),
});
export type StoredKey = z.infer<typeof StoredKey>;

/** What decides whether a key opens anything: as it lies in the row, judged by nobody yet. */
export type Lock = Pick<StoredKey, "digest" | "livemode" | "revokedAt" | "storeStoppedAt" | "expiresAt"> & {
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
};

export const licenseKeyStore = (table: Pick<Table, "get" | "query">): LicenseKeyStore => {
  const get: LicenseKeyStore["get"] = async (publicId) => {
    const row = await table.get("access", keyRow(publicId));
    return row && StoredKey.parse(row);
  };
  return {
    get,
    find: async (publicId) => {
      const row = await table.get("access", keyRow(publicId));
      return { lock: (row ?? noLock) as Lock, open: () => StoredKey.parse(row) };
    },
    list: async (storeId) => {
      const pointers = await pointersOf(table, storeId);
      const keys = await Promise.all(pointers.map((row) => get(row.sk.slice(pointerPrefix.length))));
      return keys.filter((key) => key !== undefined);
    },
  };
};

/** No HMAC has this value. */
const noLock: Lock = { digest: new Uint8Array(32), livemode: false };

/** The key and the pointer by which its store lists it. */
export const createdKey = (key: StoredKey): Write[] => [
  { table: "access", key: keyRow(key.publicId), change: { put: { ...key } }, condition: missing() },
  { table: "access", key: pointerRow(key), change: { put: {} }, condition: missing() },
  // A store that is being stopped stops all keys that it has; none may come after that.
  {
    table: "access",
    key: { pk: key.storeId, sk: "store" },
    change: { check: true },
    condition: any(missing(), equals("status", "active")),
  },
];

/** The first revocation stands. */
export const revokedKey = (publicId: string, now: Instant): Write => ({
  table: "access",
  key: keyRow(publicId),
  change: { set: { revokedAt: now } },
  condition: all(exists(), missing("revokedAt")),
});

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

const pointerPrefix = "key#";
export const keyRow = (publicId: string): Key => ({ pk: `key#${publicId}`, sk: "key" });
const pointerRow = ({ storeId, publicId }: StoredKey): Key => ({
  pk: storeId,
  sk: `${pointerPrefix}${publicId}`,
});

const pointersOf = async (table: Pick<Table, "query">, storeId: StoreId): Promise<Row[]> => {
  const rows: Row[] = [];
  let after: Awaited<ReturnType<Table["query"]>>["next"];
  do {
    const page = await table.query("access", {
      pk: storeId,
      from: pointerPrefix,
      to: `${pointerPrefix}~`,
      ...(after && { after }),
    });
    rows.push(...page.rows);
    after = page.next;
  } while (after);
  return rows;
};
