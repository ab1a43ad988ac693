import { z } from "zod";
import type { Refusal, RefusalCode } from "#functions/values/refusal.ts";
import type { Protocol } from "./api-handler.ts";
import { idempotencyGuide } from "./idempotency-key.ts";
import type { Answer, RequestFacts } from "./route.ts";

/** RFC 9457, with `code` for machines and `param` (RFC 9535) where one place in the input is to blame. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** Names this one occurrence: quote it when you ask us. */
  instance: z.string(),
  code: z.string(),
  param: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

/** What each refusal is over HTTP; a code without a line here does not compile. */
const told = {
  invalid_request: { status: 400, title: "Malformed request" },
  missing: { status: 422, title: "A field is missing" },
  invalid: { status: 422, title: "A field is not valid" },
  unsupported_media_type: { status: 415, title: "Unsupported content type" },
  body_too_large: { status: 413, title: "Request body too large" },
  card_data_forbidden: { status: 422, title: "Card numbers are not accepted" },
  license_key_exposed: { status: 400, title: "License key outside the Authorization header" },
  missing_api_version: { status: 400, title: "API version missing" },
  unsupported_api_version: { status: 400, title: "API version not supported" },
  idempotency_key_required: { status: 400, title: "Idempotency-Key missing", type: idempotencyGuide },
  idempotency_conflict: { status: 422, title: "Idempotency-Key used for another request" },
  idempotency_in_flight: { status: 409, title: "The first request is still being worked on" },
  unauthorized: { status: 401, title: "Not authorized" },
  forbidden: { status: 403, title: "Not allowed" },
  data_protection_not_accepted: { status: 403, title: "Data-protection statement not accepted" },
  domain_not_verified: { status: 403, title: "The store has no verified domain" },
  store_not_active: { status: 403, title: "The store is not active" },
  payments_suspended: { status: 403, title: "The store takes no payments" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  invalid_item_id: { status: 422, title: "Unknown product" },
  currency_mismatch: { status: 422, title: "Not the store's currency" },
  requires_3ds: { status: 422, title: "Authentication required" },
  conflict: { status: 409, title: "Changed by another request" },
  limit_exceeded: { status: 422, title: "Limit exceeded" },
  refund_exceeds_payment: { status: 422, title: "More than is left to refund" },
  order_disputed: { status: 409, title: "The payment is disputed" },
  signature_invalid: { status: 400, title: "Signature not valid" },
  rate_limited: { status: 429, title: "Too many requests" },
  velocity_exceeded: { status: 429, title: "Too much in a short time" },
  temporarily_unavailable: { status: 503, title: "Temporarily unavailable" },
} as const satisfies Record<RefusalCode, Told>;

/** `type`: where it is explained; else it only names the code. */
type Told = { readonly status: number; readonly title: string; readonly type?: string };

const problem = (told: Omit<Problem, "type" | "instance"> & Told, facts: RequestFacts): Answer => ({
  status: told.status,
  headers: { "content-type": "application/problem+json" },
  body: {
    type: `urn:problem-type:${told.code}`,
    ...told,
    instance: `urn:request:${facts.requestId}`,
  } satisfies Problem,
});

/** The errors of our own API. */
export const problemDetails: Protocol = {
  refused: (refusal: Refusal, facts) => {
    const { code, message: detail, param } = refusal;
    return problem({ ...told[code], detail, code, ...(param === undefined ? {} : { param }) }, facts);
  },
  fault: (facts) =>
    problem(
      {
        status: 500,
        title: "Internal error",
        detail: "Something went wrong here. Try again.",
        code: "internal_error",
      },
      facts,
    ),
};
