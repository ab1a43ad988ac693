import { applyStripeEvent } from "#functions/payment/apply-stripe-event.ts";
import type { followPaymentIntent } from "#functions/payment/follow-payment-intent.ts";
import { receiveStripeEvent } from "#functions/payment/receive-stripe-event.ts";
import { verifyWith } from "#functions/payment/stripe.client.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import { stripeEventStore } from "#functions/payment/stripe-event.store.ts";
import { sweepStripeEvents } from "#functions/payment/sweep-stripe-events.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { signedAt, signingSecret } from "./signed-event.ts";

/** What Stripe tells: received as it is deployed, followed from a queue of this process, and swept. */
export const stripeEventsOn = (
  on: Platform & { stripe: Stripe },
  follow: ReturnType<typeof followPaymentIntent>,
) => {
  const woken: string[] = [];
  const receive = receiveStripeEvent({
    ...on,
    liveAllowed: true,
    verify: verifyWith(on.now, async () =>
      JSON.stringify({ own: [signingSecret], connect: [signingSecret] }),
    ),
    wake: async (eventId) => void woken.push(eventId),
  });
  const apply = applyStripeEvent({ ...on, follow, events: stripeEventStore(on.table) });
  return {
    /** An event as `takeEvents` gives it, signed now. */
    receiveStripeEvent: (event: object) => {
      const raw = new TextEncoder().encode(JSON.stringify(event));
      const headers = { "stripe-signature": signedAt(raw, on.now()) };
      const request = { requestId: "", headers, idempotency: undefined, deadline: on.now(), raw };
      return receive({ caller: undefined, params: undefined, query: undefined, body: undefined, request });
    },
    /** What the queue would do with the wake-ups since the last call, those that came twice included. */
    applyStripeEvents: async () => {
      for (const eventId of woken.splice(0)) await apply({ eventId });
    },
    sweepStripeEvents: sweepStripeEvents({ ...on, follow }),
  };
};
