import { z } from "zod";
import type { IntentTrace } from "./request.ts";

const Text = z.string().min(1).max(1_024);

/** ACP 2026-04-17 AffiliateAttribution: a provider, and a token or a publisher. The token is a secret. */
const Attribution = z
  .object({
    provider: Text,
    token: Text.optional(),
    publisher_id: Text.optional(),
    campaign_id: Text.optional(),
    creative_id: Text.optional(),
    sub_id: Text.optional(),
    source: z.object({ type: Text, url: z.string().max(2_048).optional() }).optional(),
    issued_at: Text.optional(),
    expires_at: Text.optional(),
    metadata: z.record(Text, z.union([z.string().max(1_024), z.number(), z.boolean()])).optional(),
    touchpoint: z.enum(["first", "last"]).optional(),
  })
  .refine(({ token, publisher_id }) => token !== undefined || publisher_id !== undefined);

/** What can be kept of it: attribution never blocks a sale, so what is malformed is dropped without a word. */
export const keptAttribution = (given: unknown): unknown => Attribution.safeParse(given).data;

const reasons = new Set([
  "price_sensitivity",
  "shipping_cost",
  "shipping_speed",
  "product_fit",
  "trust_security",
  "returns_policy",
  "payment_options",
  "comparison",
  "timing_deferred",
  "other",
]);

/** The list of reasons grows: one that we do not know is "other". */
export const keptIntent = (given: IntentTrace): IntentTrace => ({
  ...given,
  reason_code: reasons.has(given.reason_code) ? given.reason_code : "other",
});
