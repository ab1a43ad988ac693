import type { Instant } from "#functions/values/clock.ts";
import { type Checkout, leased, moved, times } from "./checkout.ts";
import type { Completion } from "./completion.ts";

type Request = NonNullable<Completion["request"]>;

/**
 * What a run that finds the checkout in this state may do. Pure: the write that follows is conditional on the
 * version that was read, so of two runs one wins and the other finds the row changed.
 */
export type Claim =
  /** Nobody works on it and a caller asks to buy: price it again, reserve, go. */
  | { claim: "begin"; request: Request }
  /** The buyer authenticated: stock is reserved already, a new attempt carries the result and a new consent. */
  | { claim: "again"; request: Request; checkout: Checkout }
  /** A run died: go on with the same attempt. */
  | { claim: "resume"; checkout: Checkout }
  /** Its time is up: decide to abort, or go on aborting. */
  | { claim: "abort"; checkout: Checkout }
  /** Somebody else is at it, or it is done. */
  | { claim: "none"; reason: string };

export const claimOn = (before: Checkout, request: Completion["request"], now: Instant): Claim => {
  const lease = leased(before, now);
  if (before.status === "open" || before.status === "ready") return beginning(before, request);
  if (before.status === "authenticating" && request?.authentication)
    return {
      claim: "again",
      request,
      checkout: moved(before, "completing", now, {
        ...lease,
        attempt: before.attempt + 1,
        completingSince: now,
        completion: request.idempotency,
      }),
    };
  if (before.leaseUntil > now) return { claim: "none", reason: "in_progress" };
  return claimOverdue(before, lease, now);
};

const beginning = ({ version }: Checkout, request: Completion["request"]): Claim => {
  if (!request) return { claim: "none", reason: "nobody_asks" };
  return request.version === version
    ? { claim: "begin", request }
    : { claim: "none", reason: "changed_meanwhile" };
};

const claimOverdue = (before: Checkout, lease: ReturnType<typeof leased>, now: Instant): Claim => {
  switch (before.status) {
    case "aborting":
      return { claim: "abort", checkout: moved(before, "aborting", now, lease) };
    case "authenticating":
      return { claim: "abort", checkout: aborted(before, now, "authentication_timed_out", lease) };
    case "completing":
      return (before.completingSince ?? now) + times.giveUp <= now
        ? { claim: "abort", checkout: aborted(before, now, "payment_outcome_unknown", lease) }
        : { claim: "resume", checkout: moved(before, "completing", now, lease) };
    default:
      return { claim: "none", reason: before.status };
  }
};

/** The deciding write of an undo: who loses it undoes nothing. */
export const aborted = (
  before: Checkout,
  now: Instant,
  reason: string,
  lease: Partial<Pick<Checkout, "epoch" | "leaseUntil">> = {},
): Checkout =>
  moved(before, "aborting", now, {
    ...lease,
    abortTo: before.expiresAt <= now ? "expired" : "ready",
    abortReason: reason,
  });
