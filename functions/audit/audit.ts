import { z } from "zod";
import type { RequestFacts } from "#functions/runtime/route.ts";
import { holdsPhoneNumber, sensitiveIn } from "#functions/runtime/sensitive.ts";
import { wanted } from "#functions/runtime/wanted.ts";
import type { Caller } from "#functions/values/caller.ts";
import { Instant } from "#functions/values/clock.ts";
import { PrincipalId, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Role, Scope } from "#functions/values/scope.ts";

/** Every privileged act and every look at personal data, as its record spells it. */
export const Action = z.enum([
  "tokens.killed",
  "tokens.accepted",
  "domain.verified",
  "domain.suspended",
  "domain.transferred",
  "domain.removed",
  "erasure.requested",
  "erasure.done",
  "customer.read",
  "customer.told",
  "customer.exported",
  "customer.rectified",
  "customer.restricted",
  "customer.unrestricted",
  "store.created",
  "store.suspended",
  "store.resumed",
  "store.closed",
  "divergence.heal",
  "order.read",
  "audit.read",
  "audit.verified",
  "audit.exported",
  "affected.listed",
  "support.request",
  "support.granted",
  "support.ended",
  "support.read",
  "keys.read",
  "key.issued",
  "key.rolled",
  "key.roll_canceled",
  "key.restricted",
  "key.revoked",
  "key.exposed",
  "key.leaked",
  "key.suspended",
  "key.shared",
  "keys.reviewed",
  "principal.revoked",
  "data_protection.accepted",
  "pepper.rotated",
  "webhook_secret.rolled",
  "webhook_endpoint.created",
  "webhook_endpoint.changed",
  "webhook_endpoint.verified",
  "webhook_endpoint.removed",
  "webhook.resent",
  "webhooks.replayed",
  "store.changed",
  "connector.put",
  "connector.removed",
  "connector_secret.rolled",
  "agent_feed.put",
  "agent_feed.removed",
  "domain.challenged",
  "products.put",
  "stock.changed",
  "discounts.put",
  "refund.requested",
  "cancellation.requested",
  "fulfillment.recorded",
  "restore.begun",
  "restore.done",
  "stripe_secrets.put",
  "store_key.rotated",
  "store_keys.rewrapped",
]);
export type Action = z.infer<typeof Action>;

/** Why somebody did it, in their own words; nothing personal belongs in it, and what has a form is refused by it. */
export const Reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}]*$/u, { error: "must be one line of text" })
  .refine((text) => sensitiveIn(text) === undefined && !holdsPhoneNumber(text), {
    error: "must hold no person, secret or card: name ids instead",
  });
export type Reason = z.infer<typeof Reason>;

/**
 * Who did it. `operator`: whoever IAM let invoke the operator's function; which person that was, CloudTrail says by the
 * request's id. `service`: this service by itself, when a time was up. All others are license keys.
 */
export const Actor = z.object({
  role: z.union([z.enum(["operator", "service"]), Role]),
  requestId: z.string(),
  principalId: PrincipalId.optional(),
  keyId: z.string().optional(),
});
export type Actor = z.infer<typeof Actor>;

export const actorOf = (
  { role, principalId, keyId }: Caller,
  { requestId }: { requestId: string },
): Actor => ({
  role,
  principalId,
  keyId,
  requestId,
});

/** Sent with what goes on record: why it is done, in one line. */
const reasonHeader = "audit-reason";

/** Refuses one that names a person or holds a secret: it would be kept for ever. */
export const reasonIn = ({ headers }: Pick<RequestFacts, "headers">): Reason | undefined => {
  const given = headers[reasonHeader];
  if (given === undefined) return undefined;
  const { data, error } = Reason.safeParse(given, { error: wanted });
  if (data !== undefined) return data;
  throw new Refusal("invalid", `Audit-Reason ${error?.issues[0]?.message ?? "is not valid"}.`);
};

/** Who did what to whom, when and why, and by what right. Written once, never changed. */
export const AuditRecord = z.object({
  action: Action,
  actor: Actor,
  /** Absent: the whole deployment. */
  storeId: StoreId.optional(),
  at: Instant,
  /** Absent where a key did what its scope is for. */
  reason: Reason.optional(),
  /** What allowed it: IAM, the time that was up, who signed, or the scope that the route wanted and the key had. */
  decidedBy: z.union([z.enum(["iam", "schedule", "signature"]), Scope]),
  /** To what it was done, by kind: ids only. */
  about: z.record(z.string(), z.string()).optional(),
  /** Whose data was shown or changed: ids of orders, and of sessions that came to none. */
  subjects: z.array(z.string()).optional(),
});
export type AuditRecord = z.infer<typeof AuditRecord>;

/** What is chained by itself: a store's records, or those of the deployment. */
export const Chain = z.union([StoreId, z.literal("deployment")]);
export type Chain = z.infer<typeof Chain>;
