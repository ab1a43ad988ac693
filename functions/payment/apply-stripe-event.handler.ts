import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { queueHandler } from "#functions/runtime/queue-handler.ts";
import { type StartWorkflow, workflowClient } from "#functions/runtime/workflow.client.ts";
import { ApplyStripeEvent, applyStripeEvent } from "./apply-stripe-event.ts";
import { followOnPlatform } from "./follow-on-platform.ts";
import { stripeClient } from "./stripe.client.ts";
import type { Stripe } from "./stripe.ts";
import { stripeEventStore } from "./stripe-event.store.ts";

type Clients = { stripe: Stripe; workflows: StartWorkflow };

export const wire = (on: Platform & Clients) =>
  queueHandler(
    on,
    ApplyStripeEvent,
    applyStripeEvent({ ...on, events: stripeEventStore(on.table), follow: followOnPlatform(on) }),
  );

export const handler = lambda<Clients>(wire, { stripe: stripeClient, workflows: workflowClient });
