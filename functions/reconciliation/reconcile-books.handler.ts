import { orderStore } from "#functions/order/order.store.ts";
import { eventBusClient } from "#functions/outbox/event-bus.client.ts";
import type { PutEvents } from "#functions/outbox/publish-events.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { stripeClient } from "#functions/payment/stripe.client.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import { commandHandler } from "#functions/runtime/command-handler.ts";
import { type LambdaHandler, lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { type Enqueue, queueClient } from "#functions/runtime/queue.client.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { type StartWorkflow, workflowClient } from "#functions/runtime/workflow.client.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { endpointStore } from "#functions/webhook/endpoint.store.ts";
import { wakeSender } from "#functions/webhook/wake-sender.ts";
import { ordinaryMoves } from "./ordinary-moves.ts";
import { ReconcileByHand, reconcileByHand } from "./reconcile-by-hand.ts";
import { ReconcileOnSchedule, reconcileOnSchedule } from "./reconcile-on-schedule.ts";
import { countsOf } from "./tally.ts";

type Clients = { stripe: Stripe; workflows: StartWorkflow; put: PutEvents; enqueue: Enqueue };

/** Called by two schedules, and by the operator: then `command` says so. */
export const wire =
  (on: Platform & Clients): LambdaHandler =>
  (event, context) => {
    const reads = {
      ...on,
      deployment: on.environment.get("DEPLOYMENT"),
      stores: storeStore(on.table),
      orders: orderStore(on.table),
      payments: paymentStore(on.table),
      endpoints: endpointStore(on.table),
      wake: wakeSender(on.enqueue, on.environment.get("DELIVERY_QUEUE_URL")),
      remaining: () => context.getRemainingTimeInMillis(),
    };
    const reconciles = { ...reads, heals: { ...reads, ...ordinaryMoves(reads) } };
    if (typeof event === "object" && event !== null && "command" in event)
      return commandHandler(on, ReconcileByHand, reconcileByHand(reconciles))(event, context);
    const scheduled = reconcileOnSchedule(reconciles);
    return taskHandler(on, ReconcileOnSchedule, async (input) => countsOf(await scheduled(input)))(
      event,
      context,
    );
  };

export const handler = lambda(wire, {
  stripe: stripeClient,
  workflows: workflowClient,
  put: eventBusClient,
  enqueue: queueClient,
});
