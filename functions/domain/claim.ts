import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import type { Challenge, Domain } from "./domain.ts";

/** For which live store a domain speaks: one at a time. Stores in test mode sell nothing and need none. */
export const Claim = z.object({
  host: z.string(),
  storeId: StoreId,
  version: z.int().positive(),
  /** Since when it was last proven. */
  since: Instant,
  /** It spoke for it once and is free. */
  free: z.boolean(),
});
export type Claim = z.infer<typeof Claim>;

/** Whether the domain speaks for another live store than this one. */
export const isAnothers = (claim: Claim | undefined, storeId: StoreId): claim is Claim =>
  claim !== undefined && claim.storeId !== storeId && !claim.free;

/** Only a proof that was asked for after another's is newer than that: what was published before proves the past. */
export const outdoes = (challenge: Pick<Challenge, "createdAt">, claim: Claim): boolean =>
  challenge.createdAt > claim.since;

/** The claim that goes with the domain as it is now. */
export const claimOf = (
  before: Claim | undefined,
  { host, storeId, status, verifiedAt, updatedAt }: Domain,
): Claim => ({
  host,
  storeId,
  version: (before?.version ?? 0) + 1,
  since: verifiedAt ?? updatedAt,
  free: status !== "verified",
});
