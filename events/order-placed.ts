import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleOrder, orderFacts } from "./facts.ts";

export const orderPlaced = defineEvent({
  type: "order.placed",
  means: "A buyer's order stands and its payment is authorized; do not ship before `order.confirmed`.",
  data: z.object({ ...orderFacts, status: z.literal("placed") }),
  example: { ...exampleOrder, status: "placed" },
});
