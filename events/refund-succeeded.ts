import { defineEvent } from "./define-event.ts";
import { exampleRefund, refundFacts } from "./facts.ts";

export const refundSucceeded = defineEvent({
  type: "refund.succeeded",
  means: "Money of an order was given back; some banks show it days later.",
  data: refundFacts,
  example: exampleRefund,
});
