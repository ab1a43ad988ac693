import { z } from "zod";
import type { Timers } from "#functions/runtime/timer.ts";
import { days, hours, Instant } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { DomainScope } from "./host.ts";

export const DomainStatus = z.enum(["pending", "verified", "suspended", "transferred", "removed"]);
export type DomainStatus = z.infer<typeof DomainStatus>;

/** The whole state machine. Whatever ended comes back by a new challenge only: what was proven before proves nothing. */
export const moves = {
  pending: ["verified", "removed"],
  verified: ["suspended", "transferred", "removed"],
  suspended: ["verified", "removed"],
  transferred: ["verified", "removed"],
  removed: ["pending", "verified"],
} as const satisfies Record<DomainStatus, readonly DomainStatus[]>;

export const times = {
  challenge: days(7),
  /** So that with the sweeper's minute none goes a day unseen. */
  check: hours(23),
  /** What was missing is looked for again after this; missing twice suspends. */
  missing: hours(24),
  /** What resolvers can't tell is asked again soon… */
  unknown: hours(1),
  /** …and not believed forever. */
  unseen: days(3),
} as const;

export const timers = {
  pending: "rest",
  verified: { by: "domain/recheck-domains", within: times.missing, due: "own" },
  suspended: "rest",
  transferred: "rest",
  removed: "rest",
} as const satisfies Timers<DomainStatus>;

/** How an owner can prove a domain; `operator`: whoever runs the service vouched for it. */
export const ProofMethod = z.enum(["dns", "https"]);
export type ProofMethod = z.infer<typeof ProofMethod>;
export const Method = z.enum(["dns", "https", "operator"]);

/** 256 random bits, for one store, domain and method; it proves once. */
export const Challenge = z.object({
  token: z.string(),
  method: ProofMethod,
  scope: DomainScope,
  createdAt: Instant,
  expiresAt: Instant,
});
export type Challenge = z.infer<typeof Challenge>;

/** A domain of one store, from its first challenge on; the row of one that was removed stays for a while. */
export const Domain = z.object({
  storeId: StoreId,
  livemode: z.boolean(),
  host: z.string(),
  status: DomainStatus,
  /** Counts every write. */
  version: z.int().positive(),
  /** Of the last proof; of a domain that has none yet, as it is wanted. */
  scope: DomainScope,
  method: Method,
  /** What proved it and must still be there; absent where the operator vouched. */
  token: z.string().optional(),
  challenge: Challenge.optional(),
  verifiedAt: Instant.optional(),
  /** When it was last seen to hold. */
  checkedAt: Instant.optional(),
  /** Since when the proof is gone. */
  missingSince: Instant.optional(),
  nextCheckAt: Instant.optional(),
  /** When it spoke no longer. */
  endedAt: Instant.optional(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Domain = z.infer<typeof Domain>;

/** `unknown`: nobody could tell, so it is neither there nor gone. */
export type Proof = "proven" | "absent" | "unknown";

const moved = (before: Domain, to: DomainStatus, now: Instant, changes: Partial<Domain>): Domain => {
  if (to !== before.status && !(moves[before.status] as readonly DomainStatus[]).includes(to))
    throw new Error(`a domain does not move from ${before.status} to ${to}`);
  return { ...before, ...changes, status: to, version: before.version + 1, updatedAt: now };
};

type Wanted = Pick<Domain, "storeId" | "livemode" | "host" | "scope"> & { method: ProofMethod };

/** A new challenge takes the place of the one before. What speaks already goes on speaking. */
export const challenged = (
  before: Domain | undefined,
  { storeId, livemode, host, scope, method }: Wanted,
  token: string,
  now: Instant,
): Domain => {
  const challenge = { token, method, scope, createdAt: now, expiresAt: now + times.challenge };
  const fresh = { storeId, livemode, host, scope, method, challenge } as const;
  if (!before) return { ...fresh, status: "pending", version: 1, createdAt: now, updatedAt: now };
  if (before.status === "removed") return moved(before, "pending", now, fresh);
  return moved(before, before.status, now, { challenge });
};

/** The challenge that may still be answered. */
export const openChallenge = ({ challenge }: Domain, now: Instant): Challenge | undefined =>
  challenge && challenge.expiresAt > now ? challenge : undefined;

const speaking = (now: Instant) =>
  ({ verifiedAt: now, checkedAt: now, missingSince: undefined, endedAt: undefined }) as const;

/** Its challenge was answered, and is used up by that. */
export const verified = (before: Domain, { token, method, scope }: Challenge, now: Instant): Domain =>
  moved(before, "verified", now, {
    ...speaking(now),
    token,
    method,
    scope,
    challenge: undefined,
    nextCheckAt: now + times.check,
  });

/** Whoever runs the service says that it is the store's, and answers for that: nobody looks for a proof. */
export const vouched = (
  before: Domain | undefined,
  { storeId, livemode, host }: Pick<Domain, "storeId" | "livemode" | "host">,
  now: Instant,
): Domain => {
  const proof = { ...speaking(now), scope: "host", method: "operator" } as const;
  if (!before)
    return {
      storeId,
      livemode,
      host,
      ...proof,
      status: "verified",
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
  return moved(before, "verified", now, {
    ...proof,
    token: undefined,
    challenge: undefined,
    nextCheckAt: undefined,
  });
};

/** It speaks no longer. A token that a stranger may have seen by now must not bring it back. */
export const ended = (before: Domain, how: "suspended" | "transferred" | "removed", now: Instant): Domain =>
  moved(before, how, now, {
    token: undefined,
    challenge: undefined,
    nextCheckAt: undefined,
    ...(before.status === "verified" && { endedAt: now }),
  });

/** After a look at what proved it: still verified, or suspended. */
export const rechecked = (before: Domain, proof: Proof, now: Instant): Domain => {
  if (proof === "proven") {
    const nextCheckAt = now + times.check;
    return moved(before, "verified", now, { checkedAt: now, missingSince: undefined, nextCheckAt });
  }
  const missingSince = before.missingSince ?? (proof === "absent" ? now : undefined);
  if (isLost({ ...before, missingSince }, proof, now)) return ended(before, "suspended", now);
  const soon = now + times.unknown;
  const nextCheckAt = proof === "absent" ? (missingSince ?? now) + times.missing : soon;
  return moved(before, "verified", now, { missingSince, nextCheckAt });
};

/** Missing for a day and missing still; or nobody could tell for so long that it is believed no more. */
const isLost = ({ missingSince = 0, checkedAt = 0 }: Domain, proof: Proof, now: Instant): boolean =>
  (proof === "absent" && now - missingSince >= times.missing) || now - checkedAt >= times.unseen;
