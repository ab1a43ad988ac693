import { sweepCheckouts } from "#functions/checkout/sweep-checkouts.ts";
import { recordDisputes } from "#functions/order/record-dispute.ts";
import { recordRefunds } from "#functions/order/record-refund.ts";
import { sweepOrders } from "#functions/order/sweep-orders.ts";
import type { PutEvents } from "#functions/outbox/publish-events.ts";
import { sweepOutbox } from "#functions/outbox/sweep-outbox.ts";
import { followOnPlatform } from "#functions/payment/follow-on-platform.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import { sweepStripeEvents } from "#functions/payment/sweep-stripe-events.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import type { StartWorkflow } from "#functions/runtime/workflow.client.ts";
import { fanOutEvent } from "#functions/webhook/fan-out-event.ts";
import { sweepDeliveries } from "#functions/webhook/sweep-deliveries.ts";
import type { WakeSender } from "#functions/webhook/wake-sender.ts";
import type { Moves } from "./heal-page.ts";
import type { Reads } from "./reads.ts";
import { recordHeal } from "./record-heal.ts";

type Makes = Reads &
  Platform & {
    readonly stripe: Stripe;
    readonly workflows: StartWorkflow;
    readonly put: PutEvents;
    readonly wake: WakeSender;
    /** Milliseconds that this invocation may still take. */
    readonly remaining: () => number;
  };

/** Each move as whoever makes it every day is wired: this is the only place where reconciliation can write. */
export const ordinaryMoves = (on: Makes): Moves => {
  const begin = (workflow: string) => (input: object) =>
    on.workflows.start(on.environment.get(workflow), input);
  const follow = followOnPlatform(on);
  return {
    followPaymentIntent: follow,
    recordRefunds: recordRefunds(on),
    recordDisputes: recordDisputes(on),
    fanOutEvent: fanOutEvent(on),
    recordHeal: recordHeal(on),
    sweeps: {
      checkout: sweepCheckouts({ ...on, beginRun: begin("CHECKOUT_WORKFLOW_ARN") }),
      order: sweepOrders({ ...on, beginRun: begin("FULFILLMENT_WORKFLOW_ARN") }),
      event: sweepOutbox(on),
      delivery: sweepDeliveries(on),
      "stripe-event": sweepStripeEvents({ ...on, follow }),
    },
  };
};
