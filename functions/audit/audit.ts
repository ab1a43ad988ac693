import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";

/** Every privileged act, as its record spells it. */
export const Action = z.enum(["tokens.killed", "tokens.accepted"]);
export type Action = z.infer<typeof Action>;

/** Why somebody did it, in their own words; nothing personal belongs in it. */
export const Reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}]*$/u, { error: "must be one line of text" });

/** Whoever IAM let invoke the operator's function: which person that was, CloudTrail says by the request's id. */
export const Actor = z.object({ role: z.literal("operator"), requestId: z.string() });
export type Actor = z.infer<typeof Actor>;

/** Who did what to whom, when and why, and by what right. Written once, never changed. */
export const AuditRecord = z.object({
  action: Action,
  actor: Actor,
  /** Absent: the whole deployment. */
  storeId: StoreId.optional(),
  at: Instant,
  reason: Reason,
  /** What allowed it. */
  decidedBy: z.literal("iam"),
});
export type AuditRecord = z.infer<typeof AuditRecord>;
