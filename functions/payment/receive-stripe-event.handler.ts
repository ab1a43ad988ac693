import { liveAllowedOn } from "#functions/access/livemode.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { type Enqueue, queueClient } from "#functions/runtime/queue.client.ts";
import { receiveStripeEvent } from "./receive-stripe-event.ts";
import { stripeRoutes } from "./routes.ts";
import { stripeEventsClient } from "./stripe.client.ts";
import type { VerifyStripeEvent } from "./stripe-event.ts";

type Clients = { verify: VerifyStripeEvent; enqueue: Enqueue };

export const wire = (on: Platform & Clients) =>
  apiHandler(on, {
    routes: stripeRoutes,
    operations: {
      receiveStripeEvent: receiveStripeEvent({
        ...on,
        liveAllowed: liveAllowedOn(on.environment.get("STAGE")),
        wake: (eventId) => on.enqueue(on.environment.get("STRIPE_EVENT_QUEUE_URL"), [{ body: { eventId } }]),
      }),
    },
    protocol: problemDetails,
  });

export const handler = lambda<Clients>(wire, { verify: stripeEventsClient, enqueue: queueClient });
