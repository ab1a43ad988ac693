import { createHash } from "node:crypto";
import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";
import { newId, PrincipalId, StoreId } from "#functions/values/id.ts";
import { Role } from "#functions/values/scope.ts";

/** Who stands behind keys: an agent or an integration of one store. Checkouts and orders are its own, so it outlives its keys. */
export const Principal = z.object({
  id: PrincipalId,
  storeId: StoreId,
  role: Role,
  name: z.string(),
  createdAt: Instant,
  /** Which data-protection statement it accepted last, when, and by which of its keys. */
  accepted: z.object({ version: z.string(), at: Instant, keyId: z.string() }).optional(),
  /** For good: none of its keys works, and it gets no other. */
  revokedAt: Instant.optional(),
});
export type Principal = z.infer<typeof Principal>;

/** What an operator calls it. It stands in the clear and has no end, and nobody can tell a person's name by its form. */
export const PrincipalName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, {
    error: "must be 1 to 64 letters, digits, spaces or . _ -",
  })
  .meta({
    description:
      "A program, a role or a staff number; never a person's name, since it is not erased with a person.",
  });
export type PrincipalName = z.infer<typeof PrincipalName>;

/** Follows from store and name: asking twice for a principal of that name makes one. */
export const principalIdOf = (storeId: StoreId, name: PrincipalName): PrincipalId =>
  newId("prn", (count) =>
    new Uint8Array(createHash("sha256").update(`${storeId}#${name}`).digest()).subarray(0, count),
  );
