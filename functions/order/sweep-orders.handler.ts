import { paymentStore } from "#functions/payment/payment.store.ts";
import { stripeClient } from "#functions/payment/stripe.client.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { type StartWorkflow, workflowClient } from "#functions/runtime/workflow.client.ts";
import { orderStore } from "./order.store.ts";
import { sweepOrders } from "./sweep-orders.ts";

export const wire = (on: Platform & { workflows: StartWorkflow; stripe: Stripe }): LambdaHandler => {
  const workflow = on.environment.get("FULFILLMENT_WORKFLOW_ARN");
  return (event, context) =>
    sweepHandler(
      on,
      sweepOrders({
        ...on,
        orders: orderStore(on.table),
        payments: paymentStore(on.table),
        beginRun: (input) => on.workflows.start(workflow, input),
        remaining: () => context.getRemainingTimeInMillis(),
      }),
    )(event, context);
};

export const handler = lambda(wire, { workflows: workflowClient, stripe: stripeClient });
