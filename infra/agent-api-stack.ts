import { type App, Stack } from "aws-cdk-lib";
import { Access } from "./access.ts";
import { Acp } from "./acp.ts";
import { Alarms } from "./alarms.ts";
import { ReserveStock } from "./catalog.ts";
import { Checkout } from "./checkout.ts";
import type { Service } from "./data-stack.ts";
import { Docs } from "./docs.ts";
import { acpErrors } from "./gateway-answers.ts";
import { PlaceOrder } from "./order.ts";
import { Payment } from "./payment.ts";
import { DeadLetters } from "./queue.ts";
import { RestApi } from "./rest-api.ts";
import { prefixOf } from "./stage.ts";
import type { Workflow } from "./workflow.ts";

/** What agents call, up to the placed order. */
export class AgentApiStack extends Stack {
  readonly url: string;
  readonly authorizerArn: string;
  readonly returnPayment: { readonly functionArn: string };
  readonly checkout: Workflow;

  constructor(app: App, on: Service) {
    super(app, `${prefixOf(on.stage)}-agent-api`, { terminationProtection: on.stage.keep });
    const { authorize } = new Access(this, on);
    this.authorizerArn = authorize.function.functionArn;
    const api = new RestApi(this, "agent", { on, authorizerArn: this.authorizerArn, errors: acpErrors });
    this.url = api.url;
    const undelivered = new DeadLetters(this, "agent-undelivered", on);
    const payment = new Payment(this, on);
    this.returnPayment = payment.return.function;
    const checkout = new Checkout(this, on, {
      reserveStock: new ReserveStock(this, on).step,
      authorizePayment: payment.authorize,
      returnPayment: payment.return,
      placeOrder: new PlaceOrder(this, on).step,
      undelivered,
    });
    this.checkout = checkout.workflow;
    new Acp(this, on, { api, checkout: checkout.workflow });
    new Docs(this, on, { api });
    // Of the whole service: they name metrics and refer to nothing, and the other stack has no room left.
    if (on.stage.alarms) new Alarms(this, on, { ...on.stage.alarms, undelivered });
  }
}
