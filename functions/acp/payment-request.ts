import { z } from "zod";
import { handlerId } from "./capabilities.ts";
import { BuyerPatch } from "./request.ts";

/** A Stripe token: shared payment token or payment method. Nothing else that could hold card data is let in. */
const Token = z.string().regex(/^(spt|pm)_[A-Za-z0-9_]{1,250}$/, {
  error: "must be a Stripe token (spt_… or pm_…)",
});

/** By handler and instrument since 2026-01-30; before, and in examples still, `{ token, provider }`. */
export const PaymentData = z
  .object({
    handler_id: z.literal(handlerId, { error: `must be ${handlerId}` }).nullish(),
    instrument: z.object({ credential: z.object({ token: Token }) }).nullish(),
    token: Token.nullish(),
    provider: z.literal("stripe", { error: "must be stripe" }).nullish(),
    /** Stripe takes the address from the token. */
    billing_address: z.unknown().optional(),
  })
  .transform(({ instrument, token: plain }, context) => {
    const token = instrument?.credential.token ?? plain;
    if (token) return { kind: token.startsWith("spt_") ? ("spt" as const) : ("pm" as const), token };
    context.addIssue({ code: "invalid_type", expected: "object", input: undefined, path: ["instrument"] });
    return z.NEVER;
  });

/** Outcomes with which the card network sends proof: they are worth nothing without it. */
const proven = ["authenticated", "informational", "attempt_acknowledged"] as const;

/** ACP 2026-04-17 AuthenticationResult. Other outcomes come with few details or none (the denied example has two). */
export const AuthenticationResult = z
  .object({
    outcome: z.enum([
      ...proven,
      "abandoned",
      "canceled",
      "denied",
      "internal_error",
      "not_supported",
      "processing_error",
      "rejected",
    ]),
    outcome_details: z
      .object({
        three_ds_cryptogram: z.string().min(1).max(64).nullish(),
        electronic_commerce_indicator: z.enum(["01", "02", "05", "06", "07"]).nullish(),
        transaction_id: z.string().min(1).max(128).nullish(),
        version: z.string().min(1).max(16).nullish(),
      })
      .nullish(),
  })
  .transform(({ outcome, outcome_details: given }, context) => {
    if (!proven.some((name) => name === outcome)) return { outcome };
    for (const name of detailNames)
      if (!given?.[name])
        context.addIssue({
          code: "invalid_type",
          expected: "string",
          input: undefined,
          path: ["outcome_details", name],
        });
    return {
      outcome,
      cryptogram: given?.three_ds_cryptogram ?? "",
      electronicCommerceIndicator: given?.electronic_commerce_indicator ?? "",
      transactionId: given?.transaction_id ?? "",
      version: given?.version ?? "",
    };
  });
export type AuthenticationResult = z.infer<typeof AuthenticationResult>;

const detailNames = [
  "three_ds_cryptogram",
  "electronic_commerce_indicator",
  "transaction_id",
  "version",
] as const;

/** Risk signals are not kept, marketing consents have no taker here: both are ignored like any unknown field. */
export const CompleteRequest = z.object({
  buyer: BuyerPatch.nullish(),
  payment_data: PaymentData.nullish(),
  authentication_result: AuthenticationResult.nullish(),
  affiliate_attribution: z.unknown().optional(),
  order_notes: z.string().max(5_000).nullish(),
});
export type CompleteRequest = z.infer<typeof CompleteRequest>;
