import { z } from "zod";
import { defineEvent } from "./define-event.ts";

export const domainSuspended = defineEvent({
  type: "domain.suspended",
  means:
    "The proof that a domain is the store's is gone for a day or more: put a new challenge there and verify it. A store without a verified domain begins no checkout session.",
  data: z.object({ domain: z.string() }),
  example: { domain: "shop.example.com" },
});
