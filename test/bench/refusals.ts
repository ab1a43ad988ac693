import { authorize } from "#functions/access/authorize.ts";
import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { digestOf, mintLicenseKey } from "#functions/access/license-key.ts";
import { scopesOf } from "#functions/access/role.ts";
import type { Row, Table } from "#functions/runtime/table.ts";
import { minutes } from "#functions/values/clock.ts";
import { newId } from "#functions/values/id.ts";
import { forgedFrom } from "#test/access/house.ts";
import { seededBytes } from "#test/fakes/memory-platform.ts";

/** The ways in which a well-formed key is refused; nobody may tell one from another. */
export const refusals = ["unknown", "wrong secret", "revoked", "expired", "wrong mode"] as const;
export type RefusalKind = (typeof refusals)[number];

/** Makes ready what is refused for this reason; the refusal alone is timed. */
export type Prepare = (kind: RefusalKind) => () => Promise<unknown>;

const pepper = "a-pepper-of-at-least-32-characters-1";
const now = Date.UTC(2026, 10, 23, 12);
const random = seededBytes(3);

/**
 * The authorizer in this process, over a table that takes as long for a row that is not there as for one that is:
 * what is left to see is our own code. A key of its own for each sample: the time of one text is no other's.
 */
export const refusalsInProcess = (): Prepare => {
  let lying: { row: Row; there: boolean };
  const table: Pick<Table, "get" | "query" | "commit"> = {
    get: async () => {
      const fresh = structuredClone(lying.row);
      return lying.there ? fresh : undefined;
    },
    query: async () => ({ rows: [] }),
    commit: () => Promise.reject(new Error("a refusal writes nothing")),
  };
  const peppers = { current: "1", byVersion: { "1": pepper } };
  const authorized = authorize({
    keys: licenseKeyStore(table),
    table,
    readPeppers: async () => peppers,
    now: () => now,
    liveAllowed: true,
  });
  return (kind) => {
    const { text, row } = aKey(kind);
    const header = [`Bearer ${text}`];
    lying = { row, there: kind !== "unknown" };
    return () =>
      authorized(header).then(
        () => Promise.reject(new Error(`a key that is ${kind} got through`)),
        () => undefined,
      );
  };
};

/** What is wrong with a row; one attribute more in each, so that no row is longer than another. */
const faults = {
  unknown: { lastUsedAt: now },
  "wrong secret": { lastUsedAt: now },
  revoked: { revokedAt: now - minutes(1) },
  expired: { expiresAt: now - minutes(1) },
  "wrong mode": { lastUsedAt: now, livemode: true },
} as const satisfies Record<RefusalKind, object>;

const aKey = (kind: RefusalKind): { text: string; row: Row } => {
  const { text, publicId } = mintLicenseKey(false, random);
  const row = {
    pk: `key#${publicId}`,
    sk: "key",
    publicId,
    storeId: newId("store", random),
    principalId: newId("prn", random),
    role: "agent",
    scopes: [...scopesOf.agent],
    livemode: false,
    digest: digestOf(pepper, text),
    pepperVersion: "1",
    lastFour: text.slice(-4),
    createdAt: now - minutes(60),
    ...faults[kind],
  };
  const forged = forgedFrom(publicId, random);
  return { row, text: kind === "wrong secret" ? forged : text };
};
