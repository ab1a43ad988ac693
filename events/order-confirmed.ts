import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleOrder, orderFacts } from "./facts.ts";

export const orderConfirmed = defineEvent({
  type: "order.confirmed",
  means: "The store took the order and its money is captured, or none is due: it may be shipped.",
  data: z.object({ ...orderFacts, status: z.literal("confirmed") }),
  example: { ...exampleOrder, status: "confirmed" },
});
