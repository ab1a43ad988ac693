import { Construct } from "constructs";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import { fulfillmentWorkflow } from "#functions/fulfillment/workflow.ts";
import { stripeRoutes } from "#functions/payment/routes.ts";
import type { Service } from "./data-stack.ts";
import type { Grant } from "./grant.ts";
import { Lambda } from "./lambda.ts";
import { type DeadLetters, Queue } from "./queue.ts";
import type { RestApi } from "./rest-api.ts";
import { EveryMinute } from "./schedule.ts";
import { sealing } from "./sealing.ts";
import { timeoutOf, type Workflow } from "./workflow.ts";

/** Money that is held, and given back; both workflows use the second. */
export class Payment extends Construct {
  readonly authorize: Lambda;
  readonly return: Lambda;

  constructor(scope: Construct, on: Service) {
    super(scope, "payment");
    const { data } = on;
    this.authorize = new Lambda(this, "payment/authorize-payment", {
      on,
      timeoutSeconds: timeoutOf("payment/authorize-payment", checkoutWorkflow),
      memoryMegabytes: 1024,
      grants: [
        ...sealing(on),
        // Counts declines.
        data.access.may("update"),
        data.commerce.may("get", "put", "update"),
        data.secrets.readStripe(),
      ],
    });
    this.return = new Lambda(this, "payment/return-payment", {
      on,
      timeoutSeconds: timeoutOf("payment/return-payment", checkoutWorkflow, fulfillmentWorkflow),
      grants: [...sealing(on), data.commerce.may("query", "update"), data.secrets.readStripe()],
    });
  }
}

/** Money that is taken, once the store has accepted the order. */
export class CapturePayment extends Construct {
  readonly step: Lambda;

  constructor(scope: Construct, on: Service) {
    super(scope, "capture");
    this.step = new Lambda(this, "payment/capture-payment", {
      on,
      timeoutSeconds: timeoutOf("payment/capture-payment", fulfillmentWorkflow),
      grants: [on.data.commerce.may("get", "update"), on.data.secrets.readStripe()],
    });
  }
}

type Parts = {
  readonly api: RestApi;
  readonly checkout: Workflow;
  readonly fulfillment: Workflow;
  readonly undelivered: DeadLetters;
};

const followSeconds = 50;

/** What Stripe tells us: a row is the truth, the queue only wakes, a sweeper takes what the queue has lost. */
export class StripeEvents extends Construct {
  constructor(scope: Construct, on: Service, parts: Parts) {
    super(scope, "stripe-events");
    const { data } = on;
    const queue = new Queue(this, "stripe-event", { on, readerSeconds: followSeconds });
    const receive = new Lambda(this, "payment/receive-stripe-event", {
      on,
      timeoutSeconds: 10,
      grants: [
        data.commerce.may("put"),
        data.secrets.readStripeEvents(),
        queue.send("STRIPE_EVENT_QUEUE_URL"),
      ],
    });
    parts.api.serve(stripeRoutes, receive);
    const grants = following(on, parts);
    const apply = new Lambda(this, "payment/apply-stripe-event", {
      on,
      timeoutSeconds: followSeconds,
      grants: [...grants, queue.receive()],
    });
    queue.wake(apply, { batchSize: 5, atOnce: 10 });
    const sweeper = new Lambda(this, "payment/sweep-stripe-events", {
      on,
      timeoutSeconds: followSeconds,
      grants: [...grants, data.commerce.may("due")],
    });
    new EveryMinute(this, sweeper, { stage: on.stage, undelivered: parts.undelivered });
  }
}

/** What `followPaymentIntent` may do: move orders, bring back a payment, ask Stripe, and start runs of both workflows. */
export const following = (
  { data }: Service,
  workflows: { readonly checkout: Workflow; readonly fulfillment: Workflow },
): readonly Grant[] => [
  data.access.may("get"),
  data.commerce.may("get", "put", "update"),
  data.outbox.may("put"),
  data.secrets.readStripe(),
  workflows.checkout.start(),
  workflows.fulfillment.start(),
];
