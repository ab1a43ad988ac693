import { keyExposed } from "#events/key-exposed.ts";
import { keyShared } from "#events/key-shared.ts";
import { keySuspended } from "#events/key-suspended.ts";
import { keyWarned } from "#events/key-warned.ts";
import { eventId, recordEvent } from "#functions/outbox/outbox.ts";
import { equals } from "#functions/runtime/condition.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { sweepDue } from "#functions/runtime/sweep-due.ts";
import { type Row, type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { ExposureReport } from "./exposure-report.ts";
import { keyFact } from "./key-fact.ts";
import { endOf, forgottenAt, statusOf, times, wantsTelling, wantsWarning } from "./key-life.ts";
import { changedKey, type LicenseKeyStore, lookedAtKey, suspendedKey } from "./license-key.store.ts";
import { digestOfFingerprint, sameDigest } from "./license-key.ts";
import { pepperOf, type ReadPeppers } from "./pepper.ts";
import { bySchedule, recordOf } from "./record-act.ts";
import { StoredKey } from "./stored-key.ts";

export type SweepsKeys = {
  table: Table;
  keys: Pick<LicenseKeyStore, "get">;
  readPeppers: ReadPeppers;
  now: Clock;
  log: Log;
  count: Count;
};

/** Warns before a key stops for want of use or review, suspends it when its time is up, and judges exposed keys. */
export const sweepKeys = (on: SweepsKeys) => async (): Promise<number> => {
  const keys = await sweepDue(on, { table: "access", kind: "license-key" }, (row) => look(on, row));
  const reports = await sweepDue(on, { table: "commerce", kind: "exposed-key" }, (row) => judge(on, row));
  return keys + reports;
};

/** Lost: somebody used, changed or revoked it meanwhile, and the next run looks again. */
const look = async (on: SweepsKeys, row: Row): Promise<void> => {
  const now = on.now();
  if (row["due"] === undefined || Number(row["dueAt"]) > now) return;
  const key = StoredKey.parse(row);
  await tryCommit(on.table, movesOf(key, now));
};

const movesOf = (key: StoredKey, now: Instant): Write[] =>
  (statusOf(key, now) === "active" && newsOf(key, now)) || [
    lookedAtKey(key, forgottenAt(key) <= now ? { sealedKey: undefined } : {}, now),
  ];

const newsOf = (key: StoredKey, now: Instant): Write[] | undefined => {
  const { at, because } = endOf(key);
  if (at <= now && because !== "expires") return suspending(key, because, now);
  if (wantsTelling(key)) return telling(key, now);
  return wantsWarning(key, now) ? warning(key, now) : undefined;
};

const suspending = (key: StoredKey, because: NonNullable<StoredKey["suspendedFor"]>, now: Instant) => {
  const { keyId, principalId } = factsOf(key);
  return [
    suspendedKey(key, because, now),
    recordEvent({ ...keyFact(key, now), definition: keySuspended, data: { keyId, principalId, because } }),
    recordOf(bySchedule(eventId(keyFact(key, now))), {
      action: "key.suspended",
      storeId: key.storeId,
      at: now,
      about: { keyId },
    }),
  ];
};

const warning = (key: StoredKey, now: Instant): Write[] => {
  const { at: endsAt, because } = endOf(key);
  return [
    changedKey(key, { warnedAt: now }, now),
    recordEvent({
      ...keyFact(key, now),
      definition: keyWarned,
      data: { ...factsOf(key), because, endsAt },
    }),
  ];
};

/** Not by an alarm: whoever has a key could ring it, and so does a provider that sends one caller over several networks. */
const telling = (key: StoredKey, now: Instant): Write[] => {
  const { keyId, principalId } = factsOf(key);
  const { sharedAt: seenAt = now } = key;
  return [
    changedKey(key, { sharedToldAt: seenAt }, now),
    recordEvent({
      ...keyFact(key, now),
      definition: keyShared,
      data: { keyId, principalId, seenAt },
    }),
    recordOf(bySchedule(eventId(keyFact(key, now))), {
      action: "key.shared",
      storeId: key.storeId,
      at: now,
      about: { keyId },
    }),
  ];
};

const factsOf = ({ publicId: keyId, principalId }: StoredKey) => ({ keyId, principalId });

/** Only the key itself makes this fingerprint, so nobody gets another's key flagged by its id. */
const judge = async (on: SweepsKeys, row: Row): Promise<void> => {
  const report = ExposureReport.parse(row);
  const [key, peppers] = await Promise.all([on.keys.get(report.keyId), on.readPeppers()]);
  const isReal =
    key !== undefined &&
    sameDigest(digestOfFingerprint(pepperOf(peppers, key.pepperVersion), report.fingerprint), key.digest);
  const isNews = isReal && key.revokedAt === undefined && key.exposedAt === undefined;
  const lost = await tryCommit(on.table, [
    judged(row, report.seenAt),
    ...(isNews ? exposing(key, report.seenAt, on.now()) : []),
  ]);
  if (isNews && lost.length === 0) on.count("KeyExposed");
};

const exposing = (key: StoredKey, exposedAt: Instant, now: Instant): Write[] => [
  changedKey(key, { exposedAt, warnedAt: now }, now),
  recordEvent({
    ...keyFact(key, now),
    definition: keyExposed,
    data: { ...factsOf(key), endsAt: Math.min(exposedAt + times.exposed, endOf(key).at) },
  }),
  recordOf(bySchedule(eventId(keyFact(key, now))), {
    action: "key.exposed",
    storeId: key.storeId,
    at: now,
    about: { keyId: key.publicId },
  }),
];

/** Unless it was seen again meanwhile. */
const judged = ({ pk, sk }: Row, seenAt: Instant): Write => ({
  table: "commerce",
  key: { pk, sk },
  change: { remove: true },
  condition: equals("seenAt", seenAt),
});
