import { z } from "zod";
import { ProductId } from "../functions/values/id.ts";
import { defineEvent } from "./define-event.ts";

export const stockDepleted = defineEvent({
  type: "stock.depleted",
  means: "The last piece of a product was reserved; it can be bought again once stock is put or given back.",
  data: z.object({ productId: ProductId }),
  example: { productId: "mug-blue" },
});
