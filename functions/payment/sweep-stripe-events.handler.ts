import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { type StartWorkflow, workflowClient } from "#functions/runtime/workflow.client.ts";
import { followOnPlatform } from "./follow-on-platform.ts";
import { stripeClient } from "./stripe.client.ts";
import type { Stripe } from "./stripe.ts";
import { sweepStripeEvents } from "./sweep-stripe-events.ts";

type Clients = { stripe: Stripe; workflows: StartWorkflow };

export const wire = (on: Platform & Clients) =>
  sweepHandler(on, sweepStripeEvents({ ...on, follow: followOnPlatform(on) }));

export const handler = lambda<Clients>(wire, { stripe: stripeClient, workflows: workflowClient });
