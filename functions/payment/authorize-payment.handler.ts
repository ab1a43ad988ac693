import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { Step } from "#functions/checkout/completion.ts";
import { envelopeClient } from "#functions/privacy/envelope.client.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { countDecline } from "#functions/velocity/count-decline.ts";
import { authorizePayment } from "./authorize-payment.ts";
import { paymentStore } from "./payment.store.ts";
import { stripeClient } from "./stripe.client.ts";
import type { Stripe } from "./stripe.ts";

export const wire = (on: Platform & { stripe: Stripe; envelope: Envelope }): LambdaHandler => {
  const collaborators = {
    ...on,
    deployment: on.environment.get("DEPLOYMENT"),
    payments: paymentStore(on.table),
    checkouts: checkoutStore(on.table),
  };
  const step = {
    ...collaborators,
    countDecline: countDecline(collaborators),
  };
  return (event, context) =>
    taskHandler(
      on,
      Step,
      authorizePayment({ ...step, remaining: () => context.getRemainingTimeInMillis() }),
    )(event, context);
};

export const handler = lambda(wire, { stripe: stripeClient, envelope: envelopeClient });
