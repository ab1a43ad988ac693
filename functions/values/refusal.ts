/**
 * Every definite no that a caller may be told, as a closed list: each façade maps each code to a status in one
 * exhaustive table, so a new code without a status does not compile.
 */
export const refusalCodes = [
  "invalid_request",
  "missing",
  "invalid",
  "unsupported_media_type",
  "body_too_large",
  "card_data_forbidden",
  "license_key_exposed",
  "missing_api_version",
  "unsupported_api_version",
  "idempotency_key_required",
  "idempotency_conflict",
  "idempotency_in_flight",
  "unauthorized",
  "forbidden",
  "data_protection_not_accepted",
  "domain_not_verified",
  "store_not_active",
  "payments_suspended",
  "not_found",
  "method_not_allowed",
  "invalid_item_id",
  "currency_mismatch",
  "requires_3ds",
  "conflict",
  "limit_exceeded",
  "refund_exceeds_payment",
  "order_disputed",
  "signature_invalid",
  "rate_limited",
  "velocity_exceeded",
  "temporarily_unavailable",
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/**
 * A definite no, thrown where it is found and rendered by the façade.
 * The text is for people: what was wrong, what we got, what we wanted; nothing personal, nothing internal.
 */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** RFC 9535 JSONPath of the offending input, such as `$.line_items[0].id`. */
  readonly param: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: RefusalCode, text: string, more: { param?: string; retryAfterSeconds?: number } = {}) {
    super(text);
    this.name = "Refusal";
    this.code = code;
    this.param = more.param;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}
