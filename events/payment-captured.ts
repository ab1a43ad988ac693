import { z } from "zod";
import { MinorUnits } from "../functions/values/money.ts";
import { defineEvent } from "./define-event.ts";
import { exampleOrder, orderFacts } from "./facts.ts";

export const paymentCaptured = defineEvent({
  type: "payment.captured",
  means: "The order's money was taken: the whole amount, once.",
  data: z.object({
    orderId: orderFacts.orderId,
    checkoutId: orderFacts.checkoutId,
    amount: MinorUnits,
    currency: orderFacts.currency,
    /** Stripe's id, to match with payouts. */
    paymentIntentId: z.string(),
  }),
  example: {
    orderId: exampleOrder.orderId,
    checkoutId: exampleOrder.checkoutId,
    amount: exampleOrder.total,
    currency: exampleOrder.currency,
    paymentIntentId: "pi_3QNx2aL8yq1b7c",
  },
});
