import { versions } from "#functions/acp/version.ts";
import type { Parameter } from "./openapi.ts";

const header = (name: string, required: boolean, description: string, schema: object): Parameter => ({
  name,
  in: "header",
  required,
  description,
  schema,
});

export const apiVersion = header("API-Version", true, "The version of ACP that is spoken.", {
  type: "string",
  enum: [...versions],
});

export const requestId = header("Request-Id", false, "Comes back as it was sent.", { type: "string" });

/** Draft-ietf-httpapi-idempotency-key-header: in quotes or without. */
export const idempotencyKey = header(
  "Idempotency-Key",
  true,
  "A new UUID for each request, the same one to repeat it: a repeated request has one effect and gets one answer.",
  { type: "string", minLength: 1, maxLength: 255 },
);

export const auditReason = header(
  "Audit-Reason",
  false,
  "Why, for the audit record, which is kept for good: a ticket or a cause, never a person's name.",
  { type: "string" },
);

export const customerEmail = header(
  "Customer-Email",
  false,
  "Whose: in a header, because addresses do not belong into URLs.",
  { type: "string" },
);

/** Whose signature over the body's bytes lets a request in. */
export const signedBy: Readonly<Record<string, readonly Parameter[]>> = {
  receiveStripeEvent: [header("Stripe-Signature", true, "Stripe's signature.", { type: "string" })],
  receiveAlert: ["GitHub-Public-Key-Identifier", "GitHub-Public-Key-Signature"].map((name) =>
    header(name, true, "GitHub's signature, or which of its keys made it.", { type: "string" }),
  ),
};
