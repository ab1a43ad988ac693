import { OrderStep } from "#functions/order/order-step.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { capturePayment } from "./capture-payment.ts";
import { paymentStore } from "./payment.store.ts";
import { stripeClient } from "./stripe.client.ts";
import type { Stripe } from "./stripe.ts";

export const wire =
  (on: Platform & { stripe: Stripe }): LambdaHandler =>
  (event, context) =>
    taskHandler(
      on,
      OrderStep,
      capturePayment({
        ...on,
        payments: paymentStore(on.table),
        remaining: () => context.getRemainingTimeInMillis(),
      }),
    )(event, context);

export const handler = lambda(wire, { stripe: stripeClient });
