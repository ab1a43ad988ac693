import { z } from "zod";
import { type Instant, toIso } from "#functions/values/clock.ts";
import { PrincipalId } from "#functions/values/id.ts";
import { Role, Scope } from "#functions/values/scope.ts";
import { endOf, statusOf } from "./key-life.ts";
import { KeyId, StoredKey } from "./stored-key.ts";

const Time = z.iso.datetime();

/** In what is looked up, while it is kept; a person's only to whoever may give and take keys. Answers to acts tell ids. */
export const ShownName = z.string().optional();

/** A key as the API shows it: all that tells it from others, and nothing that opens anything. */
export const LicenseKeyView = z.object({
  id: KeyId,
  /** How the key begins; the rest but for its last four characters is known to nobody but its holder. */
  prefix: z.string(),
  lastFour: z.string(),
  role: Role,
  /** Who answers for it. */
  principal: z.object({ id: PrincipalId, name: ShownName }),
  /** By whose leave it is, and with which of their keys; absent: the service's operator gave it. */
  grantedBy: PrincipalId.optional(),
  grantedWith: KeyId.optional(),
  scopes: z.array(Scope),
  cidrs: z.array(z.string()).optional(),
  livemode: z.boolean(),
  status: z.enum(["active", "suspended", "revoked", "expired"]),
  /** When it stops by itself if nobody does anything, and why. */
  ends: z.object({ at: Time, because: z.enum(["expires", "unused", "unreviewed", "exposed"]) }).optional(),
  createdAt: Time,
  lastUsedAt: Time.optional(),
  reviewedAt: Time.optional(),
  expiresAt: Time.optional(),
  revokedAt: Time.optional(),
  suspendedAt: Time.optional(),
  suspendedFor: StoredKey.shape.suspendedFor,
  exposedAt: Time.optional(),
  /** When it last was used from networks far from each other in turns. */
  sharedAt: Time.optional(),
  rolledTo: KeyId.optional(),
  rolledFrom: KeyId.optional(),
});
export type LicenseKeyView = z.infer<typeof LicenseKeyView>;

/** A new one; with itself, while it may be shown. */
export const NewKeyView = LicenseKeyView.extend({
  /** The key: shown here, to the same request again for an hour, and never after. */
  key: z.string().optional(),
});

export const viewKey = (key: StoredKey, now: Instant, name?: string): LicenseKeyView => {
  const { at, because } = endOf(key);
  const status = statusOf(key, now);
  return LicenseKeyView.parse({
    ...Object.fromEntries(
      Object.entries(key).map(([field, value]) => [
        field,
        field.endsWith("At") && typeof value === "number" ? toIso(value) : value,
      ]),
    ),
    id: key.publicId,
    prefix: `lk_${key.livemode ? "live" : "test"}_${key.publicId}`,
    principal: { id: key.principalId, name },
    status,
    ...(status === "active" && { ends: { at: toIso(at), because } }),
  });
};
