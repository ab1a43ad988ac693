import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleOrder, orderFacts } from "./facts.ts";

export const checkoutExpired = defineEvent({
  type: "checkout.expired",
  means: "A checkout's time was up before it was completed; nothing was charged and no stock is held.",
  data: z.object({
    checkoutId: orderFacts.checkoutId,
    total: orderFacts.total,
    currency: orderFacts.currency,
  }),
  example: {
    checkoutId: exampleOrder.checkoutId,
    total: exampleOrder.total,
    currency: exampleOrder.currency,
  },
});
