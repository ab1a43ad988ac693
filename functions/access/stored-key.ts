import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";
import { PrincipalId, StoreId } from "#functions/values/id.ts";
import { Role, Scope } from "#functions/values/scope.ts";

/** Names a key; opens nothing. */
export const KeyId = z.string().regex(/^[0-9A-Za-z]{12}$/, { error: "must be a license key's id" });

/** A license key as it is stored: everything but the key. */
export const StoredKey = z.object({
  publicId: z.string(),
  storeId: StoreId,
  principalId: PrincipalId,
  /** Who let it be, who saw it then, and with which key; absent: the operator. */
  grantedBy: PrincipalId.optional(),
  grantedWith: z.string().optional(),
  role: Role,
  scopes: z.array(Scope),
  livemode: z.boolean(),
  /** HMAC-SHA-256 of the key's fingerprint under the pepper of `pepperVersion`. */
  digest: z.instanceof(Uint8Array),
  pepperVersion: z.string(),
  lastFour: z.string(),
  /** Rises with every change but of last use and digest. */
  version: z.int(),
  createdAt: Instant,
  /** From these networks only; absent: from anywhere. */
  cidrs: z.array(z.string()).optional(),
  expiresAt: Instant.optional(),
  revokedAt: Instant.optional(),
  /** Its store was stopped; see `stopped-key.store.ts`. */
  storeStoppedAt: Instant.optional(),
  suspendedAt: Instant.optional(),
  suspendedFor: z.enum(["unused", "unreviewed", "exposed"]).optional(),
  reactivatedAt: Instant.optional(),
  reviewedAt: Instant.optional(),
  /** When it first showed up where no key belongs. */
  exposedAt: Instant.optional(),
  /** When it last seemed to be in two places, and what of that its store was told. */
  sharedAt: Instant.optional(),
  sharedToldAt: Instant.optional(),
  warnedAt: Instant.optional(),
  /** Written at most hourly. */
  lastUsedAt: Instant.optional(),
  /** Its successor, and when it would have expired otherwise: what a canceled roll goes back to. */
  rolledTo: z.string().optional(),
  expiredBefore: Instant.optional(),
  /** Its predecessor. */
  rolledFrom: z.string().optional(),
  /** The key itself under the store's key, for an hour: the answer that showed it may have been lost. */
  sealedKey: z.instanceof(Uint8Array).optional(),
});
export type StoredKey = z.infer<typeof StoredKey>;
