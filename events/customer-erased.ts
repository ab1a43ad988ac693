import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleOrder, orderFacts } from "./facts.ts";

export const customerErased = defineEvent({
  type: "customer.erased",
  means:
    "The buyer of this order was erased: erase what you have copied of them. Lines and money stay, without a name.",
  data: z.object({ orderId: orderFacts.orderId, checkoutId: orderFacts.checkoutId }),
  example: { orderId: exampleOrder.orderId, checkoutId: exampleOrder.checkoutId },
});
