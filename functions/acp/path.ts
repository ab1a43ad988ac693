import type { Message } from "#functions/checkout/message.ts";
import { Refusal } from "#functions/values/refusal.ts";

/** RFC 9535 JSONPath of a line, or of its `productId` or `quantity`, in a request or in the session. */
export type LinePath = (index: number, field?: string | number) => string;

export const sessionLine: LinePath = (index, field) =>
  `$.line_items[${index}]${lineFields[String(field)] ?? ""}`;

const lineFields: Readonly<Record<string, string>> = { productId: ".item.id", quantity: ".quantity" };

/** Where the core's words stand in ACP: the first that fits, so the longer come first. */
const renamed: readonly (readonly [string, string])[] = [
  ["contact.buyer.email", "$.buyer.email"],
  ["contact.buyer", "$.buyer"],
  ["contact.delivery.address.country", "$.fulfillment_details.address.country"],
  ["contact.delivery.address", "$.fulfillment_details.address"],
  ["contact", "$.fulfillment_details"],
  ["selectedOptionId", "$.selected_fulfillment_options"],
  ["payment", "$.payment_data"],
  ["authentication", "$.authentication_result"],
  ["notes", "$.order_notes"],
  ["currency", "$.currency"],
  ["lines", "$.line_items"],
];

/** A path in `Contents`, in ACP's words; undefined where the core has no such word. */
export const acpPath = (at: Message["at"], line: LinePath = sessionLine): string | undefined => {
  const [head, index, field] = at;
  if (head === "lines" && typeof index === "number") return line(index, field);
  if (head === "discountCodes" && typeof index === "number") return `$.discounts.codes[${index}]`;
  const words = at.join(".");
  return renamed.find(([neutral]) => words === neutral || words.startsWith(`${neutral}.`))?.[1];
};

/** A refusal in ACP's words. What already names a field of the request (`$.line_items[0]`) keeps it. */
export const inAcpWords = (refusal: Refusal, line: LinePath): Refusal => {
  const param = refusal.param && (acpPath(stepsOf(refusal.param), line) ?? refusal.param);
  return new Refusal(refusal.code, refusal.message, {
    ...(param && { param }),
    ...(refusal.retryAfterSeconds !== undefined && { retryAfterSeconds: refusal.retryAfterSeconds }),
  });
};

/** `$.lines[0].productId` as the steps `lines`, 0, `productId`. */
const stepsOf = (param: string): Message["at"] =>
  [...param.matchAll(/\.(\w+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
