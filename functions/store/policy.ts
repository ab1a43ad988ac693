import { z } from "zod";
import { canonicalJson, sha256 } from "#functions/runtime/canonical-json.ts";

export const HttpsUrl = z.url({ protocol: /^https$/ }).max(2_048);

/**
 * A text that a buyer must be able to read before buying: where it is, and which version of it. Whoever changes the text
 * changes the version, as its date, number or digest; we never read the page, which is another with each visit.
 */
export const Policy = z.strictObject({
  url: HttpsUrl,
  version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:+-]{0,127}$/, {
    error: "must be 1 to 128 of A-Z a-z 0-9 . _ : + - such as 2026-11-24",
  }),
});

/** ACP `links`: no store sells without the first three. */
export const Policies = z.strictObject({
  termsOfUse: Policy,
  privacyPolicy: Policy,
  returnPolicy: Policy,
  shippingPolicy: Policy.optional(),
});
export type Policies = z.infer<typeof Policies>;

/** SHA-256 of the canonical JSON (RFC 8785) of each policy's URL and version, and of all together. */
export const PolicyDigests = z.object({
  sha256: z.string(),
  policies: z.object({
    termsOfUse: z.string(),
    privacyPolicy: z.string(),
    returnPolicy: z.string(),
    shippingPolicy: z.string().optional(),
  }),
});
export type PolicyDigests = z.infer<typeof PolicyDigests>;

export const digestsOf = (policies: Policies): PolicyDigests => ({
  sha256: digest(policies),
  policies: {
    termsOfUse: digest(policies.termsOfUse),
    privacyPolicy: digest(policies.privacyPolicy),
    returnPolicy: digest(policies.returnPolicy),
    ...(policies.shippingPolicy && { shippingPolicy: digest(policies.shippingPolicy) }),
  },
});

const digest = (value: object): string => sha256(canonicalJson(value));
