import { z } from "zod";
import type { Routes } from "#functions/runtime/route.ts";

export const stripeRoutes = {
  /** Public, because Stripe has no key of ours: it signs the bytes of each event with a secret of our endpoint there. */
  receiveStripeEvent: {
    method: "POST",
    path: "/stripe/events",
    scope: "public",
    raw: true,
    summary: "Stripe's events, by which we hear what happened there; for Stripe alone.",
    answers: { 200: z.object({ received: z.literal(true) }) },
  },
} as const satisfies Routes;
