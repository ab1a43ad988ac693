import type { Timers } from "#functions/runtime/timer.ts";
import { days, hours, type Instant, minutes } from "#functions/values/clock.ts";
import type { StoredKey } from "./stored-key.ts";

/** What a key can be. Revoked and expired are final: from there it opens nothing, whatever anybody does. */
export type KeyStatus = "active" | "suspended" | "revoked" | "expired";

/** The whole state machine. A move that is not in this table is refused. */
export const moves = {
  active: ["suspended", "revoked", "expired"],
  suspended: ["active", "revoked", "expired"],
  revoked: [],
  expired: [],
} as const satisfies Record<KeyStatus, readonly KeyStatus[]>;

export const times = {
  /** A key that is not used for so long is suspended, and one that nobody has looked at. */
  unused: days(90),
  unreviewed: days(90),
  /** What a key that showed up in a URL or a body has left: as long as the longest overlap of a roll. */
  exposed: days(7),
  overlap: days(7),
  /** How long the same request shows a new key again. */
  shown: hours(1),
  /** So long before a key stops by itself its store is told. */
  warnings: [days(14), days(7), days(1)],
} as const;

/** The sweeper looks at an active key when there may be something to do. It rests once it opens nothing. */
export const timers = {
  active: { by: "access/sweep-keys", within: times.unused, due: "own" },
  suspended: "rest",
  revoked: "rest",
  expired: "rest",
} as const satisfies Timers<KeyStatus>;

export const statusOf = (key: StoredKey, now: Instant): KeyStatus => {
  if (key.revokedAt !== undefined) return "revoked";
  if (key.expiresAt !== undefined && key.expiresAt <= now) return "expired";
  return key.suspendedAt === undefined ? "active" : "suspended";
};

export type End = { readonly at: Instant; readonly because: "expires" | "unused" | "unreviewed" | "exposed" };

/** When the key stops by itself, and why, if nobody does anything. */
export const endOf = (key: StoredKey): End => {
  const { createdAt, lastUsedAt = 0, reviewedAt = 0, reactivatedAt = 0, exposedAt, expiresAt } = key;
  const ends: readonly End[] = [
    ...(expiresAt === undefined ? [] : [{ at: expiresAt, because: "expires" } as const]),
    ...(exposedAt === undefined ? [] : [{ at: exposedAt + times.exposed, because: "exposed" } as const]),
    { at: Math.max(createdAt, reviewedAt) + times.unreviewed, because: "unreviewed" },
    // A look by somebody is no use, but a key that was just reactivated has its time to be used.
    { at: Math.max(createdAt, lastUsedAt, reactivatedAt) + times.unused, because: "unused" },
  ];
  return ends.reduce((first, end) => (end.at < first.at ? end : first));
};

const warningsOf = (key: StoredKey): Instant[] => times.warnings.map((before) => endOf(key).at - before);

/** Whether a warning has become due since the last one. What lay before the key's birth was never due. */
export const wantsWarning = (key: StoredKey, now: Instant): boolean =>
  warningsOf(key).some((at) => at <= now && at > (key.warnedAt ?? key.createdAt));

/** Whether it was seen in two places at once since its store last heard of that. */
export const wantsTelling = ({ sharedAt, sharedToldAt = 0 }: StoredKey): boolean =>
  sharedAt !== undefined && sharedAt > sharedToldAt;

/** When somebody has to look at the key again; it may be later by then, when the key was used. */
export const nextLook = (key: StoredKey, now: Instant): Instant =>
  Math.min(
    ...[...warningsOf(key), endOf(key).at, forgottenAt(key)].filter((at) => at > now),
    // It is over, or there is news of it: so as soon as may be.
    ...(endOf(key).at <= now || wantsTelling(key) ? [now + minutes(1)] : []),
  );

/** When the sealed copy goes, from which the same request shows the key again. */
export const forgottenAt = ({ sealedKey, createdAt }: StoredKey): Instant =>
  sealedKey === undefined ? 0 : createdAt + times.shown;
