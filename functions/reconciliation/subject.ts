import { z } from "zod";
import type { PaymentIntent } from "#functions/payment/stripe.ts";
import { dueKinds } from "#functions/runtime/due.ts";
import { tableNames } from "#functions/runtime/table.ts";
import { OrderId, ProductId, StoreId } from "#functions/values/id.ts";

/** Whose books at Stripe. */
export const Books = z.object({ livemode: z.boolean(), stripeAccount: z.string().optional() });
export type Books = z.infer<typeof Books>;

/** Whose lateness the books tell of. A domain or a key that nobody looks at is no matter of money. */
export const BookedKind = z
  .enum(dueKinds)
  .exclude(["domain", "erasure", "license-key", "exposed-key", "support-grant", "shop", "agent-feed"]);
export type BookedKind = z.infer<typeof BookedKind>;

/** What can be looked at, and looked at again. */
export const Subject = z.discriminatedUnion("of", [
  z.object({
    of: z.literal("order"),
    storeId: StoreId,
    orderId: OrderId,
    /** Stripe showed a refund or a dispute of it. */
    returned: z.literal(true).optional(),
  }),
  z.object({ of: z.literal("intent"), books: Books, paymentIntentId: z.string() }),
  z.object({ of: z.literal("product"), storeId: StoreId, productId: ProductId }),
  z.object({
    of: z.literal("due"),
    kind: BookedKind,
    table: z.enum(tableNames),
    key: z.object({ pk: z.string(), sk: z.string() }),
  }),
  /** Books that could not be read: what nobody compares may diverge unseen. */
  z.object({ of: z.literal("books"), books: Books }),
]);
export type Subject = z.infer<typeof Subject>;
export type SubjectOf<Of extends Subject["of"]> = Extract<Subject, { of: Of }>;

/** As a list showed it a moment ago, so that the first look need not ask again. */
export type Seen = { readonly intent?: PaymentIntent | undefined };
