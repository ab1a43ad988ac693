import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleOrder, orderFacts } from "./facts.ts";

export const orderUpdated = defineEvent({
  type: "order.updated",
  means: "Something of the order changed that has no event of its own; read the order again.",
  data: z.object({
    orderId: orderFacts.orderId,
    checkoutId: orderFacts.checkoutId,
    status: z.enum(["placed", "confirmed", "canceling", "canceled"]),
    /** Which part to read again. */
    changed: z.array(z.enum(["fulfillment", "adjustment", "payment"])).min(1),
  }),
  example: {
    orderId: exampleOrder.orderId,
    checkoutId: exampleOrder.checkoutId,
    status: "confirmed",
    changed: ["fulfillment"],
  },
});
