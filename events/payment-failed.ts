import { z } from "zod";
import { MinorUnits } from "../functions/values/money.ts";
import { defineEvent } from "./define-event.ts";
import { exampleOrder, orderFacts, ReasonCode } from "./facts.ts";

export const paymentFailed = defineEvent({
  type: "payment.failed",
  means:
    "A payment was refused for good: an attempt to authorize it, after which the checkout may try another, or the capture of an order.",
  data: z.object({
    checkoutId: orderFacts.checkoutId,
    /** Only where an order stands, so at its capture. */
    orderId: orderFacts.orderId.optional(),
    stage: z.enum(["authorization", "capture"]),
    attempt: z.int().nonnegative(),
    amount: MinorUnits,
    currency: orderFacts.currency,
    reason: ReasonCode,
  }),
  example: {
    checkoutId: exampleOrder.checkoutId,
    orderId: exampleOrder.orderId,
    stage: "capture",
    attempt: 1,
    amount: exampleOrder.total,
    currency: exampleOrder.currency,
    reason: "card_declined",
  },
});
