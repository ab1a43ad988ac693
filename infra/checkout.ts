import { Construct } from "constructs";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import type { Service } from "./data-stack.ts";
import { Lambda } from "./lambda.ts";
import type { DeadLetters } from "./queue.ts";
import { EveryMinute } from "./schedule.ts";
import { timeoutOf, Workflow } from "./workflow.ts";

type Steps = {
  readonly reserveStock: Lambda;
  readonly authorizePayment: Lambda;
  readonly returnPayment: Lambda;
  readonly placeOrder: Lambda;
  readonly undelivered: DeadLetters;
};

/** From "ready" to an order or back, and the sweeper that drives on what was left mid-way. */
export class Checkout extends Construct {
  readonly workflow: Workflow;

  constructor(scope: Construct, on: Service, steps: Steps) {
    super(scope, "checkout");
    const { data } = on;
    const abort = new Lambda(this, "checkout/abort-checkout", {
      on,
      timeoutSeconds: timeoutOf("checkout/abort-checkout", checkoutWorkflow),
      grants: [data.commerce.may("get", "put")],
    });
    const settle = new Lambda(this, "checkout/settle-checkout", {
      on,
      timeoutSeconds: timeoutOf("checkout/settle-checkout", checkoutWorkflow),
      // Stock and discounts are given back by counting, an expiry is told, and with it the checkout's key ends.
      grants: [data.commerce.may("get", "put", "update"), data.outbox.may("put"), data.people.may("update")],
    });
    this.workflow = new Workflow(this, checkoutWorkflow, {
      on,
      functions: {
        "catalog/reserve-stock": steps.reserveStock.function,
        "payment/authorize-payment": steps.authorizePayment.function,
        "order/place-order": steps.placeOrder.function,
        "checkout/abort-checkout": abort.function,
        "payment/return-payment": steps.returnPayment.function,
        "checkout/settle-checkout": settle.function,
      },
    });
    const sweeper = new Lambda(this, "checkout/sweep-checkouts", {
      on,
      timeoutSeconds: 50,
      grants: [
        data.commerce.may("due", "get", "put"),
        data.outbox.may("put"),
        data.people.may("update"),
        this.workflow.start(),
      ],
    });
    new EveryMinute(this, sweeper, { stage: on.stage, undelivered: steps.undelivered });
  }
}
