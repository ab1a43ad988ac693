import { Construct } from "constructs";
import { webhookRoutes } from "#functions/webhook/routes.ts";
import { acknowledge, stars } from "./acknowledge.ts";
import type { Service } from "./data-stack.ts";
import { type EventBus, knowsHomeBuses, otherBuses, putElsewhere } from "./event-bus.ts";
import { Lambda } from "./lambda.ts";
import { type DeadLetters, Queue } from "./queue.ts";
import type { RestApi } from "./rest-api.ts";
import { EveryMinute } from "./schedule.ts";
import { sealing } from "./sealing.ts";

type Parts = { readonly api: RestApi; readonly bus: EventBus; readonly undelivered: DeadLetters };

const fanOutSeconds = 30;
const deliverSeconds = 45;
const url = "DELIVERY_QUEUE_URL";

/** Telling the integrations: a delivery row per event and endpoint is the truth, both queues only wake. */
export class Webhook extends Construct {
  readonly deliveries: Queue;

  constructor(scope: Construct, on: Service, parts: Parts) {
    super(scope, "webhook");
    const fanOut = new Queue(this, "fan-out", { on, readerSeconds: fanOutSeconds });
    const deliveries = new Queue(this, "deliveries", { on, readerSeconds: deliverSeconds });
    this.deliveries = deliveries;
    parts.bus.feed(fanOut);
    fanOut.wake(fanOutOf(this, on, { fanOut, deliveries }), { batchSize: 10, atOnce: 20 });
    deliveries.wake(senderOf(this, on, deliveries), { batchSize: 5, atOnce: 50 });
    parts.api.serve(webhookRoutes, endpointsOf(this, on, deliveries));
    const sweeper = new Lambda(this, "webhook/sweep-deliveries", {
      on,
      timeoutSeconds: 50,
      // Replays go through the store's events and open deliveries, and that an endpoint fails is an event.
      grants: [
        on.data.webhooks.may("due", "get", "put", "update"),
        on.data.outbox.may("due", "list", "get", "query", "put"),
        deliveries.send(url),
      ],
    });
    new EveryMinute(this, sweeper, { stage: on.stage, undelivered: parts.undelivered });
  }
}

const endpointsOf = (scope: Construct, on: Service, deliveries: Queue): Lambda =>
  new Lambda(scope, "webhook/webhook", {
    on,
    timeoutSeconds: 20,
    grants: [
      on.data.webhooks.may("get", "query", "list", "put", "update", "delete"),
      on.data.audit.may("put"),
      on.data.access.may("get"),
      // A test is an event like any other; its challenge is read again when the owner of a bus brings it. A replay by name
      // looks what the event follows.
      on.data.outbox.may("get", "query", "put"),
      knowsHomeBuses(),
      // Idempotency records.
      on.data.commerce.may("get", "put"),
      // A secret is sealed with the store's key before it is stored.
      on.data.keys.unwrap(),
      deliveries.send(url),
    ],
  });

const fanOutOf = (scope: Construct, on: Service, queues: { fanOut: Queue; deliveries: Queue }): Lambda =>
  new Lambda(scope, "webhook/fan-out-event", {
    on,
    timeoutSeconds: fanOutSeconds,
    grants: [
      on.data.webhooks.may("get", "query", "put"),
      on.data.outbox.may("get", "query"),
      queues.fanOut.receive(),
      queues.deliveries.send(url),
    ],
  });

/**
 * Dials hosts that others name, so its role can do nothing but read, note, ask to be woken again, and put our events on
 * other accounts' buses.
 */
const senderOf = (scope: Construct, on: Service, deliveries: Queue): Lambda => {
  const sender = new Lambda(scope, "webhook/deliver-webhook", {
    on,
    timeoutSeconds: deliverSeconds,
    grants: [
      on.data.webhooks.may("get", "list", "put", "update"),
      on.data.outbox.may("get"),
      on.data.commerce.may("get"),
      // Who bought, for an endpoint that asked; and that it was told.
      ...sealing(on),
      on.data.audit.may("put"),
      deliveries.receive(),
      deliveries.send(url),
      putElsewhere(),
    ],
  });
  const others =
    "Whose buses these are is known when their owners name them; each must let us in by a policy of its own.";
  acknowledge(sender, stars([otherBuses], others));
  return sender;
};
