import { z } from "zod";
import { Instant } from "../functions/values/clock.ts";
import { CheckoutId, OrderId, PrincipalId } from "../functions/values/id.ts";
import { defineEvent } from "./define-event.ts";
import { exampleKey, exampleOrder, ReasonCode } from "./facts.ts";

export const velocityExceeded = defineEvent({
  type: "velocity.exceeded",
  means:
    "More purchases, declined payments, refunds or new domains came within a short time than a rule of the store allows: what it counts is refused until `endsAt`. Who was refused first is named.",
  data: z.object({
    /** Its name in the store's `limits`. */
    rule: ReasonCode,
    limit: z.int().positive(),
    endsAt: Instant,
    principalId: PrincipalId,
    checkoutId: CheckoutId.optional(),
    orderId: OrderId.optional(),
    domain: z.string().optional(),
  }),
  example: {
    rule: "declines_per_address",
    limit: 6,
    endsAt: 1_793_448_000_000,
    principalId: exampleKey.principalId,
    checkoutId: exampleOrder.checkoutId,
  },
});
