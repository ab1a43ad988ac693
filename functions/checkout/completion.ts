import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";
import { CheckoutId, CustomerId, StoreId } from "#functions/values/id.ts";
import type { Checkout } from "./checkout.ts";

/** A sealed message as it travels in an execution's input: ciphertext only, so nothing personal is in its history. */
const SealedText = z.base64().transform((text) => new Uint8Array(Buffer.from(text, "base64")));
export const sealedText = (sealed: Uint8Array): string => Buffer.from(sealed).toString("base64");

/**
 * Input of the checkout workflow. A caller's completion brings everything; a sweeper that takes over brings ids
 * only and drives on what the rows say.
 */
export const Completion = z.object({
  storeId: StoreId,
  checkoutId: CheckoutId,
  request: z
    .object({
      /** Of the checkout that the caller saw: what was changed since is not bought unseen. */
      version: z.int(),
      /** Which license key asked: its public id. */
      keyId: z.string().optional(),
      idempotency: z.object({ scope: z.string(), key: z.string(), canonical: z.string(), raw: z.string() }),
      token: z.object({ kind: z.enum(["pm", "spt"]), sealed: SealedText }).optional(),
      authentication: SealedText.optional(),
      contact: z
        .object({
          sealed: SealedText,
          email: z.boolean(),
          address: z.boolean(),
          /** Where it is another customer's now: whose, and since when the checkout's key is there. */
          customer: z.object({ id: CustomerId, since: Instant }).optional(),
        })
        .optional(),
      /** To which address it goes: a mark of this day. */
      address: z.string().optional(),
      notes: SealedText.optional(),
      attribution: SealedText.optional(),
    })
    .optional(),
});
export type Completion = z.infer<typeof Completion>;
export type CompletionInput = z.input<typeof Completion>;

/** What every later step of the workflow gets: ids, and the epoch that each of its writes demands. */
export const Step = z.object({
  storeId: StoreId,
  checkoutId: CheckoutId,
  attempt: z.int(),
  epoch: z.int(),
  reason: z.string().optional(),
  /** What Stripe answered; the transaction that places the order writes it down. */
  authorization: z
    .object({
      paymentIntentId: z.string(),
      chargeId: z.string().optional(),
      captureBefore: Instant.optional(),
    })
    .optional(),
});
export type Step = z.infer<typeof Step>;

export const stepOf = (checkout: Checkout): Step => ({
  storeId: checkout.storeId,
  checkoutId: checkout.id,
  attempt: checkout.attempt,
  epoch: checkout.epoch,
});
