import { z } from "zod";
import { defineEvent } from "./define-event.ts";

export const domainTransferred = defineEvent({
  type: "domain.transferred",
  means:
    "Another store has newer proof of a domain that spoke for this one. If it is still yours, ask for a new challenge and verify it.",
  data: z.object({ domain: z.string() }),
  example: { domain: "shop.example.com" },
});
