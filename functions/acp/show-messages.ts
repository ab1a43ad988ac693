import type { Message, MessageCode } from "#functions/checkout/message.ts";
import { acpPath, sessionLine } from "./path.ts";
import type { AcpMessage } from "./session.ts";
import type { Version } from "./version.ts";

type Wording = {
  /** Its code as an error, where ACP has one. */
  readonly error?: string;
  /** Its code as a warning, where ACP has one. */
  readonly warning?: string;
  readonly severity: AcpMessage["severity"];
  readonly resolution: NonNullable<AcpMessage["resolution"]>;
  /** Which field of a line it is about. */
  readonly field?: "productId" | "quantity";
};

const wordings = {
  missing_email: { error: "missing", severity: "medium", resolution: "requires_buyer_input" },
  missing_address: { error: "missing", severity: "medium", resolution: "requires_buyer_input" },
  missing_option: { error: "missing", severity: "medium", resolution: "recoverable" },
  out_of_stock: { error: "out_of_stock", severity: "high", resolution: "recoverable", field: "productId" },
  low_stock: { error: "low_stock", warning: "low_stock", severity: "low", resolution: "recoverable" },
  quantity_exceeded: {
    error: "quantity_exceeded",
    severity: "high",
    resolution: "recoverable",
    field: "quantity",
  },
  unavailable: { error: "not_found", severity: "high", resolution: "recoverable", field: "productId" },
  undeliverable: { error: "region_restricted", severity: "high", resolution: "requires_buyer_input" },
  below_minimum: { error: "minimum_not_met", severity: "high", resolution: "recoverable" },
  price_changed: { warning: "price_change", severity: "high", resolution: "requires_buyer_review" },
  terms_changed: { severity: "high", resolution: "requires_buyer_review" },
  privacy_unconfirmed: { severity: "low", resolution: "recoverable" },
  discount_expired: {
    error: "coupon_expired",
    warning: "discount_code_expired",
    severity: "medium",
    resolution: "recoverable",
  },
  discount_invalid: {
    error: "coupon_invalid",
    warning: "discount_code_invalid",
    severity: "medium",
    resolution: "recoverable",
  },
  discount_already_applied: {
    warning: "discount_code_already_applied",
    severity: "low",
    resolution: "recoverable",
  },
  discount_combination_disallowed: {
    warning: "discount_code_combination_disallowed",
    severity: "medium",
    resolution: "recoverable",
  },
  discount_minimum_not_met: {
    warning: "discount_code_minimum_not_met",
    severity: "medium",
    resolution: "recoverable",
  },
  discount_usage_limit_reached: {
    warning: "discount_code_usage_limit_reached",
    severity: "medium",
    resolution: "recoverable",
  },
  payment_declined: { error: "payment_declined", severity: "high", resolution: "requires_buyer_input" },
  authentication_required: { error: "requires_3ds", severity: "high", resolution: "requires_buyer_input" },
  expired: { error: "expired", severity: "high", resolution: "recoverable" },
} as const satisfies Record<MessageCode, Wording>;

export const showMessages = (messages: readonly Message[], version: Version): AcpMessage[] =>
  messages.map((message) => showMessage(message, version));

/** ACP's codes belong to a type each: what has none as an error is a warning, what has none as either is plain info. */
const showMessage = (message: Message, version: Version): AcpMessage => {
  const wording: Wording = wordings[message.code];
  return {
    ...typeAndCode(message.level, wording),
    severity: wording.severity,
    // 2026-01-30 does not know whose turn it is.
    ...(version !== "2026-01-30" && { resolution: wording.resolution }),
    param: acpPath(message.at, (index) => sessionLine(index, wording.field)) ?? "$",
    content_type: "plain",
    content: message.text,
  };
};

const typeAndCode = (
  level: Message["level"],
  { error, warning }: Wording,
): Pick<AcpMessage, "type" | "code"> => {
  if (level === "info") return { type: "info" };
  if (level === "error" && error) return { type: "error", code: error };
  return warning ? { type: "warning", code: warning } : { type: "info" };
};
