import { z } from "zod";
import { Instant } from "../functions/values/clock.ts";
import { CheckoutId, OrderId, PrincipalId, SupportGrantId } from "../functions/values/id.ts";
import { Currency, MinorUnits } from "../functions/values/money.ts";

/** Why something happened, as a code: never text that a person or a foreign system wrote, which could name somebody. */
export const ReasonCode = z.string().regex(/^[a-z0-9_]{1,64}$/, { error: "must be a code in snake_case" });
export type ReasonCode = z.infer<typeof ReasonCode>;

/** What is no code becomes `other`, so that a foreign answer can neither leak into an event nor stop one. */
export const toReasonCode = (text: string | undefined): ReasonCode => {
  const parsed = ReasonCode.safeParse(text);
  return parsed.success ? parsed.data : "other";
};

/** What most facts about an order say: which order, and its total in minor units. */
export const orderFacts = { orderId: OrderId, checkoutId: CheckoutId, total: MinorUnits, currency: Currency };

export const exampleOrder = {
  orderId: "ord_01jdab3h8w9zq4t6vxk2m5n7pr",
  checkoutId: "chk_01jdab3h8w9zq4t6vxk2m5n7pr",
  total: 5900,
  currency: "eur",
} as const;

/** Which refund of which order, in minor units. */
export const refundFacts = z.object({
  orderId: OrderId,
  checkoutId: CheckoutId,
  refundId: z.string(),
  amount: MinorUnits,
  currency: Currency,
});

export const exampleRefund = {
  orderId: exampleOrder.orderId,
  checkoutId: exampleOrder.checkoutId,
  refundId: "rfd_01jdab3h8w9zq4t6vxk2m5n7pr_1",
  amount: 1900,
  currency: "eur",
} as const;

/** Which dispute of which order; `disputeId` is Stripe's. */
export const disputeFacts = z.object({
  orderId: OrderId,
  checkoutId: CheckoutId,
  disputeId: z.string(),
  kind: z.enum(["inquiry", "chargeback"]),
  amount: MinorUnits,
  currency: Currency,
  reason: ReasonCode,
});

export const exampleDispute = {
  orderId: exampleOrder.orderId,
  checkoutId: exampleOrder.checkoutId,
  disputeId: "du_1QNx2aL8yq1b7c",
  kind: "chargeback",
  amount: 5900,
  currency: "eur",
  reason: "product_not_received",
} as const;

/** Which license key, by what names it and opens nothing, and whose. */
export const keyFacts = { keyId: z.string(), principalId: PrincipalId };

export const exampleKey = {
  keyId: "4kZ0aQ7xYb2L",
  principalId: "prn_01jdab3h8w9zq4t6vxk2m5n7pr",
} as const;

/** Which access of support, by which key, and until when; who it is the store reads over the API. */
export const supportFacts = z.object({
  grantId: SupportGrantId,
  keyId: z.string(),
  endsAt: Instant,
});

export const exampleSupport = {
  grantId: "sup_01jdab3h8w9zq4t6vxk2m5n7pr",
  keyId: exampleKey.keyId,
  endsAt: 1_793_448_000_000,
} as const;

/** Why a license key stops by itself. */
export const WhyKeyEnds = z.enum(["expires", "unused", "unreviewed", "exposed"]);
