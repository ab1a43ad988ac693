import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";
import { newId, PrincipalId, StoreId } from "#functions/values/id.ts";
import { Role } from "#functions/values/scope.ts";

/** Who stands behind keys: an agent or an integration of one store. Checkouts and orders are its own, so it outlives its keys. */
export const Principal = z.object({
  id: PrincipalId,
  storeId: StoreId,
  role: Role,
  createdAt: Instant,
  /** Which data-protection statement it accepted last, when, and by which of its keys. */
  accepted: z.object({ version: z.string(), at: Instant, keyId: z.string() }).optional(),
  /** For good: none of its keys works, and it gets no other. */
  revokedAt: Instant.optional(),
});
export type Principal = z.infer<typeof Principal>;

/** What it is called. It may be a person's name, which has no form: so each is kept as one (`principal-name.store.ts`). */
export const PrincipalName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, {
    error: "must be 1 to 64 letters, digits, spaces or . _ -",
  })
  .meta({
    description:
      "A program's name or a person's. Sealed, shown to whoever manages keys, and gone half a year after one of its keys was last let in or confirmed, or 90 days after it was revoked.",
  });
export type PrincipalName = z.infer<typeof PrincipalName>;

/** Follows from store and name, by the name's mark: asking twice for a principal of that name makes one. */
export const principalIdOf = (mark: Uint8Array): PrincipalId =>
  newId("prn", (count) => mark.subarray(0, count));
