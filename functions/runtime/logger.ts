import { Logger } from "@aws-lambda-powertools/logger";
import { withoutControls, withoutSensitive } from "./sensitive.ts";

/** What may be logged: ids, codes, counts. A field that is not here cannot be logged; never a body, a secret, a person. */
export type LogFields = {
  requestId?: string;
  route?: string;
  status?: number;
  code?: string;
  scope?: string;
  role?: string;
  storeId?: string;
  principalId?: string;
  keyId?: string;
  checkoutId?: string;
  orderId?: string;
  eventId?: string;
  eventType?: string;
  endpointId?: string;
  deliveryId?: string;
  paymentIntentId?: string;
  refundId?: string;
  disputeId?: string;
  productId?: string;
  erasureId?: string;
  attempt?: number;
  epoch?: number;
  count?: number;
  reason?: string;
  latencyMs?: number;
};

export type Log = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** A fault, logged once, where it is handled. */
  error(message: string, error: unknown, fields?: LogFields): void;
};

export const powertoolsLog = (): Log => {
  const logger = new Logger({ jsonReplacerFn: cleaned });
  return {
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, error, fields = {}) => logger.error(message, { ...fields, error: nameAndStack(error) }),
  };
};

/**
 * The second net, under all that is written, the library's own fields and warnings too: what looks like a card number,
 * a key, a secret or an address is its kind's name, and no value ends a line or speaks to a terminal.
 */
export const cleaned = (name: string, value: unknown): unknown => {
  if (typeof value !== "string") return value;
  const lines = name === "stack" ? value.split("\n") : [value];
  return lines.map((line) => withoutControls(withoutSensitive(line))).join("\n");
};

/** Messages of foreign errors may quote input, so only the error's name and where it was thrown are kept. */
const nameAndStack = (error: unknown): Error => {
  if (!(error instanceof Error)) return new Error("not an Error");
  const safe = new Error(error.name);
  safe.stack = [error.name, ...(error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line))].join(
    "\n",
  );
  return safe;
};
