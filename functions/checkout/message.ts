import { z } from "zod";

export const MessageCode = z.enum([
  "missing_email",
  "missing_address",
  "missing_option",
  "out_of_stock",
  "low_stock",
  "quantity_exceeded",
  "unavailable",
  "undeliverable",
  "below_minimum",
  "price_changed",
  "terms_changed",
  "privacy_unconfirmed",
  "discount_expired",
  "discount_invalid",
  "discount_already_applied",
  "discount_combination_disallowed",
  "discount_minimum_not_met",
  "discount_usage_limit_reached",
  "payment_declined",
  "authentication_required",
  "expired",
]);
export type MessageCode = z.infer<typeof MessageCode>;

/** What the buyer or agent must know. `at` is a path in `Contents` (`["lines", 0]`), or `["payment"]`. */
export const Message = z.object({
  level: z.enum(["error", "warning", "info"]),
  code: MessageCode,
  at: z.array(z.union([z.string(), z.number()])),
  text: z.string(),
});
export type Message = z.infer<typeof Message>;

/** A declined card or a hint leaves it ready; these leave it open until the caller changes something. */
const blocking = new Set<MessageCode>([
  "missing_email",
  "missing_address",
  "missing_option",
  "out_of_stock",
  "quantity_exceeded",
  "unavailable",
  "undeliverable",
  "below_minimum",
]);

/** Whether it can be bought as it is. */
export const statusFor = (messages: readonly Message[]): "open" | "ready" =>
  messages.some((message) => message.level === "error" && blocking.has(message.code)) ? "open" : "ready";
