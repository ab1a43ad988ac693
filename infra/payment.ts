import { Construct } from "constructs";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import { fulfillmentWorkflow } from "#functions/fulfillment/workflow.ts";
import type { Service } from "./data-stack.ts";

import { Lambda } from "./lambda.ts";
import { sealing } from "./sealing.ts";
import { timeoutOf } from "./workflow.ts";

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
      grants: [...sealing(on), data.commerce.may("get", "put", "update"), data.secrets.readStripe()],
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
