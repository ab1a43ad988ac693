import { z } from "zod";
import type { Refusal, RefusalCode } from "#functions/values/refusal.ts";
import { type Version, versions } from "./version.ts";

export const ErrorType = z.enum([
  "invalid_request",
  "request_not_idempotent",
  "processing_error",
  "service_unavailable",
]);
export type ErrorType = z.infer<typeof ErrorType>;

/** ACP's flat error: for when there is no session to answer with. */
export const AcpError = z.object({
  type: ErrorType,
  code: z.string(),
  message: z.string(),
  /** RFC 9535 JSONPath into the request. */
  param: z.string().optional(),
  supported_versions: z.array(z.string()).optional(),
});
export type AcpError = z.infer<typeof AcpError>;

type Told = { readonly status: number; readonly type: ErrorType };

const invalid = (status: number): Told => ({ status, type: "invalid_request" });
/** "Later" has one type only: what limits the caller and what ails us are told apart by status and code. */
const later = (status: number): Told => ({ status, type: "service_unavailable" });

/** What each refusal is over HTTP; a code without a line here does not compile. */
const told = {
  invalid_request: invalid(400),
  missing: invalid(400),
  invalid: invalid(400),
  unsupported_media_type: invalid(415),
  body_too_large: invalid(413),
  card_data_forbidden: invalid(422),
  license_key_exposed: invalid(400),
  missing_api_version: invalid(400),
  unsupported_api_version: invalid(400),
  idempotency_key_required: invalid(400),
  idempotency_conflict: invalid(422),
  idempotency_in_flight: invalid(409),
  unauthorized: invalid(401),
  forbidden: invalid(403),
  data_protection_not_accepted: invalid(403),
  domain_not_verified: invalid(403),
  store_not_active: invalid(403),
  payments_suspended: invalid(403),
  not_found: invalid(404),
  method_not_allowed: invalid(405),
  invalid_item_id: invalid(400),
  currency_mismatch: invalid(400),
  requires_3ds: invalid(400),
  conflict: invalid(409),
  limit_exceeded: invalid(400),
  refund_exceeds_payment: invalid(400),
  order_disputed: invalid(409),
  signature_invalid: invalid(400),
  rate_limited: later(429),
  velocity_exceeded: later(429),
  temporarily_unavailable: later(503),
} as const satisfies Record<RefusalCode, Told>;

/** Until 2026-01-30 a conflicting key was 409 and had a type of its own. */
const toldBefore: Partial<Record<RefusalCode, Told>> = {
  idempotency_conflict: { status: 409, type: "request_not_idempotent" },
};

export const refusalOf = (refusal: Refusal, version: Version): { status: number; body: AcpError } => {
  const { status, type } = (version === "2026-01-30" && toldBefore[refusal.code]) || told[refusal.code];
  const aboutVersions = refusal.code === "missing_api_version" || refusal.code === "unsupported_api_version";
  return {
    status,
    body: {
      type,
      code: refusal.code,
      message: refusal.message,
      ...(refusal.param !== undefined && { param: refusal.param }),
      ...(aboutVersions && { supported_versions: [...versions] }),
    },
  };
};

/** A fault of ours: nothing of it is told. */
export const fault: { status: number; body: AcpError } = {
  status: 500,
  body: {
    type: "processing_error",
    code: "internal_error",
    message: "Something went wrong here. Try again.",
  },
};
