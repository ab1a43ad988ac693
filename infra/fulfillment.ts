import { Construct } from "constructs";
import { orderPlaced } from "#events/order-placed.ts";
import { feedRoutes } from "#functions/feed/routes.ts";
import { connectorRoutes, fulfillmentRoutes } from "#functions/fulfillment/routes.ts";
import { fulfillmentWorkflow } from "#functions/fulfillment/workflow.ts";
import type { Service } from "./data-stack.ts";
import type { EventBus } from "./event-bus.ts";
import type { Grant } from "./grant.ts";
import { Lambda } from "./lambda.ts";
import type { Order } from "./order.ts";
import type { DeadLetters } from "./queue.ts";
import type { RestApi } from "./rest-api.ts";
import { EveryMinute } from "./schedule.ts";
import { sealing } from "./sealing.ts";
import { timeoutOf, Workflow } from "./workflow.ts";

type Parts = {
  readonly api: RestApi;
  readonly order: Order;
  readonly capturePayment: Lambda;
  readonly returnPayment: { readonly functionArn: string };
  readonly bus: EventBus;
  readonly undelivered: DeadLetters;
};

/** Getting it to the buyer: every placed order starts a run. */
export class Fulfillment extends Construct {
  readonly workflow: Workflow;

  constructor(scope: Construct, on: Service, parts: Parts) {
    super(scope, "fulfillment");
    const { data } = on;
    const submit = new Lambda(this, "fulfillment/submit-order", {
      on,
      timeoutSeconds: timeoutOf("fulfillment/submit-order", fulfillmentWorkflow),
      grants: submitting(on),
    });
    this.workflow = new Workflow(this, fulfillmentWorkflow, {
      on,
      functions: {
        "fulfillment/submit-order": submit.function,
        "payment/capture-payment": parts.capturePayment.function,
        "order/confirm-order": parts.order.confirm.function,
        "order/cancel-order": parts.order.cancel.function,
        "payment/return-payment": parts.returnPayment,
        "order/settle-order": parts.order.settle.function,
      },
    });
    parts.bus.start(this.workflow, {
      eventType: orderPlaced.type,
      paths: { storeId: "$.detail.storeId", orderId: "$.detail.subject" },
    });
    // What a warehouse tells, and where a store's shop is: it moves no money, and opens shops' secrets but nobody's
    // data. What a shop sells is put into the catalog.
    const told = new Lambda(this, "fulfillment/fulfillment", {
      on,
      timeoutSeconds: 20,
      grants: [
        data.access.may("get", "query", "put", "update", "delete", "check"),
        data.keys.unwrap(),
        data.commerce.may("get", "put", "update"),
        data.outbox.may("put"),
        data.audit.may("put"),
      ],
    });
    parts.api.serve({ ...fulfillmentRoutes, ...connectorRoutes, ...feedRoutes }, told);
    const follow = new Lambda(this, "fulfillment/sweep-shops", {
      on,
      timeoutSeconds: 50,
      // What a shop's own system tells, and what agents' feeds are told: no money moves by it, and nobody's data is opened.
      grants: [
        data.access.may("due", "get", "update"),
        data.keys.unwrap(),
        data.commerce.may("get", "query", "put", "update"),
        data.outbox.may("put"),
        data.audit.may("put"),
      ],
    });
    new EveryMinute(this, follow, { stage: on.stage, undelivered: parts.undelivered });
  }
}

/** The store's own shop gets the order with its buyer, and that is on record first. */
const submitting = (on: Service): readonly Grant[] => [
  ...sealing(on),
  on.data.access.may("update"),
  on.data.commerce.may("get", "put"),
  on.data.audit.may("put"),
];
