import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleOrder, orderFacts, ReasonCode } from "./facts.ts";

export const orderCanceled = defineEvent({
  type: "order.canceled",
  means: "The order will not be fulfilled; its money and stock are given back.",
  data: z.object({
    ...orderFacts,
    status: z.literal("canceled"),
    reason: ReasonCode,
    /** What became of the money. */
    payment: z.enum(["not_required", "voided", "refunded"]),
  }),
  example: { ...exampleOrder, status: "canceled", reason: "store_refused", payment: "voided" },
});
