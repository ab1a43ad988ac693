import { z } from "zod";
import { Instant } from "../functions/values/clock.ts";
import { defineEvent } from "./define-event.ts";
import { disputeFacts, exampleDispute } from "./facts.ts";

export const disputeOpened = defineEvent({
  type: "dispute.opened",
  means:
    "The buyer's bank questions the payment. Ship nothing more of the order; answer at Stripe in time with the evidence that `GET /orders/{id}/disputes` collects. Told again when an inquiry becomes a chargeback, and when a dispute is opened that was closed.",
  data: z.object({ ...disputeFacts.shape, evidenceDueBy: Instant.optional() }),
  example: { ...exampleDispute, evidenceDueBy: 1_796_000_000_000 },
});
