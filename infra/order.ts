import { Construct } from "constructs";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import { fulfillmentWorkflow } from "#functions/fulfillment/workflow.ts";
import { orderChangeRoutes, orderRoutes } from "#functions/order/routes.ts";
import { eventRoutes } from "#functions/outbox/routes.ts";
import type { Service } from "./data-stack.ts";
import { type Grant, limits } from "./grant.ts";
import { Lambda } from "./lambda.ts";
import type { DeadLetters } from "./queue.ts";
import type { RestApi } from "./rest-api.ts";
import { EveryMinute } from "./schedule.ts";
import { sealing } from "./sealing.ts";
import { timeoutOf, type Workflow } from "./workflow.ts";

/** The checkout workflow's last step: the order exists from here on. */
export class PlaceOrder extends Construct {
  readonly step: Lambda;

  constructor(scope: Construct, on: Service) {
    super(scope, "placing");
    const { data } = on;
    this.step = new Lambda(this, "order/place-order", {
      on,
      timeoutSeconds: timeoutOf("order/place-order", checkoutWorkflow),
      memoryMegabytes: 1024,
      grants: [data.access.may("get"), data.commerce.may("get", "put", "update"), data.outbox.may("put")],
    });
  }
}

/** What the store does with an order, and what integrations read of it. */
export class Order extends Construct {
  readonly confirm: Lambda;
  readonly cancel: Lambda;
  readonly settle: Lambda;

  constructor(scope: Construct, on: Service, parts: { api: RestApi }) {
    super(scope, "order");
    const { data } = on;
    const order = new Lambda(this, "order/order", {
      on,
      timeoutSeconds: 20,
      // Whoever is shown a buyer is on record first. What was changed is found by the events.
      grants: [
        ...sealing(on),
        data.commerce.may("get", "list"),
        data.outbox.may("get", "list", "due"),
        data.audit.may("put"),
      ],
    });
    parts.api.serve({ ...orderRoutes, ...eventRoutes }, order);
    const step = (handler: `order/${string}`, grants: readonly Grant[]) =>
      new Lambda(this, handler, { on, timeoutSeconds: timeoutOf(handler, fulfillmentWorkflow), grants });
    this.confirm = step("order/confirm-order", [
      data.commerce.may("get", "put", "update"),
      data.outbox.may("put"),
    ]);
    this.cancel = step("order/cancel-order", [data.commerce.may("get", "put"), data.outbox.may("put")]);
    this.settle = step("order/settle-order", [
      data.commerce.may("get", "put", "update"),
      data.outbox.may("put"),
    ]);
  }
}

/** What stores change: it alone of the API's functions may move money, and it opens nothing that is sealed. */
export class ChangeOrders extends Construct {
  constructor(scope: Construct, on: Service, parts: { api: RestApi; fulfillment: Workflow }) {
    super(scope, "order-change");
    const { data } = on;
    const change = new Lambda(this, "order/change-orders", {
      on,
      // A refund's one call to Stripe takes up to ten seconds, a look-up after it as much.
      timeoutSeconds: 25,
      grants: [
        // Counts what is given back.
        data.access.may("get", "update"),
        limits(on.stage),
        data.commerce.may("get", "put", "update"),
        data.outbox.may("put"),
        data.secrets.readStripe(),
        parts.fulfillment.start(),
        data.audit.may("put"),
      ],
    });
    parts.api.serve(orderChangeRoutes, change);
  }
}

/** Drives on the orders that no run is working on, and the refunds whose outcome is open. */
export class SweepOrders extends Construct {
  constructor(scope: Construct, on: Service, parts: { fulfillment: Workflow; undelivered: DeadLetters }) {
    super(scope, "order-sweep");
    const { data } = on;
    const sweeper = new Lambda(this, "order/sweep-orders", {
      on,
      timeoutSeconds: 50,
      grants: [
        data.commerce.may("due", "get", "put", "update"),
        data.outbox.may("put"),
        data.secrets.readStripe(),
        parts.fulfillment.start(),
      ],
    });
    new EveryMinute(this, sweeper, { stage: on.stage, undelivered: parts.undelivered });
  }
}
