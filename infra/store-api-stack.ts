import { type App, Stack } from "aws-cdk-lib";
import { LicenseKeys } from "./access.ts";
import type { AgentApiStack } from "./agent-api-stack.ts";
import { Audit } from "./audit.ts";
import { Catalog } from "./catalog.ts";
import { Customer } from "./customer.ts";
import type { Service } from "./data-stack.ts";
import { Docs } from "./docs.ts";
import { Domain } from "./domain.ts";
import { EventBus } from "./event-bus.ts";
import { Fulfillment } from "./fulfillment.ts";
import { problemErrors } from "./gateway-answers.ts";
import { Operator } from "./operator.ts";
import { ChangeOrders, Order, SweepOrders } from "./order.ts";
import { Outbox } from "./outbox.ts";
import { CapturePayment, StripeEvents } from "./payment.ts";
import { DeadLetters } from "./queue.ts";
import { Reconciliation } from "./reconciliation.ts";
import { RestApi } from "./rest-api.ts";
import { Restore } from "./restore.ts";
import { prefixOf } from "./stage.ts";
import { Store } from "./store.ts";
import { Support } from "./support.ts";
import { Webhook } from "./webhook.ts";

/** What stores and their integrations call, and all that happens after an order is placed. */
export class StoreApiStack extends Stack {
  constructor(app: App, on: Service, agent: AgentApiStack) {
    super(app, `${prefixOf(on.stage)}-store-api`, { terminationProtection: on.stage.keep });
    const api = new RestApi(this, "store", { on, authorizerArn: agent.authorizerArn, errors: problemErrors });
    const undelivered = new DeadLetters(this, "store-undelivered", on);
    const bus = new EventBus(this, { on, undelivered });
    new Catalog(this, on, { api });
    new Store(this, on, { api });
    new Domain(this, on, { api, undelivered });
    new LicenseKeys(this, on, { api, undelivered });
    const order = new Order(this, on, { api });
    const fulfillment = new Fulfillment(this, on, {
      api,
      order,
      capturePayment: new CapturePayment(this, on).step,
      returnPayment: agent.returnPayment,
      bus,
      undelivered,
    });
    new Customer(this, on, { api, undelivered });
    new Support(this, on, { api, undelivered });
    new ChangeOrders(this, on, { api, fulfillment: fulfillment.workflow });
    new SweepOrders(this, on, { fulfillment: fulfillment.workflow, undelivered });
    new StripeEvents(this, on, {
      api,
      checkout: agent.checkout,
      fulfillment: fulfillment.workflow,
      undelivered,
    });
    new Outbox(this, on, { bus, undelivered });
    const { deliveries } = new Webhook(this, on, { api, bus, undelivered });
    new Reconciliation(this, on, {
      checkout: agent.checkout,
      fulfillment: fulfillment.workflow,
      bus,
      deliveries,
      undelivered,
    });
    new Audit(this, on, { api, undelivered });
    new Docs(this, on, { api });
    new Restore(this, on);
    new Operator(this, on, { agent: agent.url, store: api.url });
  }
}
