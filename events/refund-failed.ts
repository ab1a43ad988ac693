import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleRefund, ReasonCode, refundFacts } from "./facts.ts";

export const refundFailed = defineEvent({
  type: "refund.failed",
  means:
    "A refund did not reach the buyer, even if it was told as succeeded before: the store has to pay it back in another way.",
  data: z.object({ ...refundFacts.shape, reason: ReasonCode }),
  example: { ...exampleRefund, reason: "lost_or_stolen_card" },
});
