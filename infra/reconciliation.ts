import { Construct } from "constructs";
import type { Service } from "./data-stack.ts";
import type { EventBus } from "./event-bus.ts";
import { Lambda } from "./lambda.ts";
import type { DeadLetters, Queue } from "./queue.ts";
import { Schedule } from "./schedule.ts";
import type { Workflow } from "./workflow.ts";

type Parts = {
  readonly checkout: Pick<Workflow, "start">;
  readonly fulfillment: Pick<Workflow, "start">;
  readonly bus: EventBus;
  readonly deliveries: Queue;
  readonly undelivered: DeadLetters;
};

/**
 * Compares our books with Stripe's and with each other. It makes everybody's moves again, so it may do what the
 * sweepers and Stripe's events may. One run at a time by a lease in its row: reserved concurrency would throttle the
 * operator, whose calls come to the same function.
 */
export class Reconciliation extends Construct {
  constructor(scope: Construct, on: Service, parts: Parts) {
    super(scope, "reconciliation");
    const { data } = on;
    const reconcile = new Lambda(this, "reconciliation/reconcile-books", {
      on,
      // A minute below Lambda's own limit; what is left then goes on with the next call.
      timeoutSeconds: 14 * 60,
      memoryMegabytes: 1024,
      grants: [
        data.access.may("get", "list"),
        data.commerce.may("get", "query", "list", "due", "put", "update", "delete"),
        data.outbox.may("get", "query", "due", "put", "update"),
        data.webhooks.may("get", "query", "due", "put", "update"),
        // What it heals is on record before it is healed.
        data.audit.may("put"),
        // A checkout that expires ends its key.
        data.people.may("update"),
        data.secrets.readStripe(),
        parts.checkout.start(),
        parts.fulfillment.start(),
        parts.bus.put(),
        parts.deliveries.send("DELIVERY_QUEUE_URL"),
      ],
    });
    const { undelivered } = parts;
    const called = (scope: "recent" | "full") => ({ stage: on.stage, undelivered, input: { scope } });
    new Schedule(this, reconcile, "every-quarter", called("recent"));
    new Schedule(this, reconcile, "every-day", called("full"));
  }
}
