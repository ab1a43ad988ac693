import { z } from "zod";
import { Reason } from "#functions/audit/audit.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { days, hours, Instant, toIso } from "#functions/values/clock.ts";
import { PrincipalId, StoreId, SupportGrantId } from "#functions/values/id.ts";
import { Scope } from "#functions/values/scope.ts";
import { Sealed } from "#functions/values/sealed.ts";

export const Status = z.enum(["active", "ended"]);
export type Status = z.infer<typeof Status>;

/** The whole state machine. What has ended is granted anew, never taken up again. */
export const moves = {
  /** Its key opens what was granted, until its last moment or until somebody ends it. */
  active: ["ended"],
  ended: [],
} as const satisfies Record<Status, readonly Status[]>;

export const times = {
  /** No access of support is longer. */
  longest: hours(8),
  /** How long the store can read who had it; the audit keeps what was done. */
  kept: days(90),
} as const;

export const timers = {
  active: { by: "support/sweep-support", within: times.longest, due: "own" },
  ended: "rest",
} as const satisfies Timers<Status>;

/** What a named person may do in a store for minutes, by a key that ends with it. */
export const SupportGrant = z.object({
  id: SupportGrantId,
  storeId: StoreId,
  livemode: z.boolean(),
  status: Status,
  version: z.int(),
  /** Who it is, sealed under the store's key. */
  sealedPerson: Sealed,
  keyId: z.string(),
  scopes: z.array(Scope),
  cidrs: z.array(z.string()).optional(),
  reason: Reason,
  grantedBy: PrincipalId,
  createdAt: Instant,
  endsAt: Instant,
  endedAt: Instant.optional(),
  endedBecause: z.enum(["called", "time"]).optional(),
});
export type SupportGrant = z.infer<typeof SupportGrant>;

/** Binds the sealed name to the one grant that it stands in. */
export const purposeOf = (id: SupportGrantId): string => `support-grant#${id}`;

export const ended = (
  before: SupportGrant,
  endedBecause: NonNullable<SupportGrant["endedBecause"]>,
  now: Instant,
): SupportGrant => ({
  ...before,
  status: "ended",
  version: before.version + 1,
  endedAt: now,
  endedBecause,
});

export const isReading = (scope: Scope): boolean => scope.endsWith(":read");

export const SupportGrantView = z.object({
  id: SupportGrantId,
  /** Shown to who may grant such access. */
  person: z.string().optional(),
  /** `active` until its time is up or somebody ends it, to the second. */
  status: Status,
  keyId: z.string(),
  scopes: z.array(Scope),
  cidrs: z.array(z.string()).optional(),
  reason: Reason,
  grantedBy: PrincipalId,
  createdAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  endedBecause: SupportGrant.shape.endedBecause,
});
export type SupportGrantView = z.infer<typeof SupportGrantView>;

export const viewGrant = (grant: SupportGrant, now: Instant, person?: string): SupportGrantView => ({
  id: grant.id,
  ...(person !== undefined && { person }),
  status: grant.endsAt <= now ? "ended" : grant.status,
  keyId: grant.keyId,
  scopes: grant.scopes,
  cidrs: grant.cidrs,
  reason: grant.reason,
  grantedBy: grant.grantedBy,
  createdAt: toIso(grant.createdAt),
  endsAt: toIso(grant.endsAt),
  ...(grant.endedAt !== undefined && { endedAt: toIso(grant.endedAt) }),
  endedBecause: grant.endedBecause,
});
