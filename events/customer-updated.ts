import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleOrder, orderFacts } from "./facts.ts";

export const customerUpdated = defineEvent({
  type: "customer.updated",
  means:
    "What we know of this order's buyer was corrected; read the order again and correct what you have copied.",
  data: z.object({ orderId: orderFacts.orderId, checkoutId: orderFacts.checkoutId }),
  example: { orderId: exampleOrder.orderId, checkoutId: exampleOrder.checkoutId },
});
