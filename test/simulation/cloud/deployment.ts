import { wire as access } from "#functions/access/access.handler.ts";
import { wire as authorize } from "#functions/access/authorize.handler.ts";
import { wire as receiveAlert } from "#functions/access/receive-alert.handler.ts";
import { wire as sweepKeys } from "#functions/access/sweep-keys.handler.ts";
import { wire as acp } from "#functions/acp/acp.handler.ts";
import { wire as audit } from "#functions/audit/audit.handler.ts";
import { wire as examineAudit } from "#functions/audit/examine-audit.handler.ts";
import { wire as sealAudit } from "#functions/audit/seal-audit.handler.ts";
import { wire as catalog } from "#functions/catalog/catalog.handler.ts";
import { wire as reserveStock } from "#functions/catalog/reserve-stock.handler.ts";
import { wire as abortCheckout } from "#functions/checkout/abort-checkout.handler.ts";
import { wire as settleCheckout } from "#functions/checkout/settle-checkout.handler.ts";
import { wire as sweepCheckouts } from "#functions/checkout/sweep-checkouts.handler.ts";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import { wire as customer } from "#functions/customer/customer.handler.ts";
import { wire as sweepErasures } from "#functions/customer/sweep-erasures.handler.ts";
import { wire as agentDocs } from "#functions/docs/agent-docs.handler.ts";
import { wire as storeDocs } from "#functions/docs/store-docs.handler.ts";
import { wire as domain } from "#functions/domain/domain.handler.ts";
import { wire as recheckDomains } from "#functions/domain/recheck-domains.handler.ts";
import { wire as fulfillment } from "#functions/fulfillment/fulfillment.handler.ts";
import { wire as submitOrder } from "#functions/fulfillment/submit-order.handler.ts";
import { wire as sweepShops } from "#functions/fulfillment/sweep-shops.handler.ts";
import { fulfillmentWorkflow } from "#functions/fulfillment/workflow.ts";
import { wire as operator } from "#functions/operator/operator.handler.ts";
import { wire as rotateSecrets } from "#functions/operator/rotate-secrets.handler.ts";
import { wire as cancelOrder } from "#functions/order/cancel-order.handler.ts";
import { wire as changeOrders } from "#functions/order/change-orders.handler.ts";
import { wire as confirmOrder } from "#functions/order/confirm-order.handler.ts";
import { wire as order } from "#functions/order/order.handler.ts";
import { wire as placeOrder } from "#functions/order/place-order.handler.ts";
import { wire as settleOrder } from "#functions/order/settle-order.handler.ts";
import { wire as sweepOrders } from "#functions/order/sweep-orders.handler.ts";
import { wire as publishEvents } from "#functions/outbox/publish-events.handler.ts";
import { wire as sweepOutbox } from "#functions/outbox/sweep-outbox.handler.ts";
import { wire as applyStripeEvent } from "#functions/payment/apply-stripe-event.handler.ts";
import { wire as authorizePayment } from "#functions/payment/authorize-payment.handler.ts";
import { wire as capturePayment } from "#functions/payment/capture-payment.handler.ts";
import { wire as receiveStripeEvent } from "#functions/payment/receive-stripe-event.handler.ts";
import { wire as returnPayment } from "#functions/payment/return-payment.handler.ts";
import { wire as sweepStripeEvents } from "#functions/payment/sweep-stripe-events.handler.ts";
import { wire as reconcileBooks } from "#functions/reconciliation/reconcile-books.handler.ts";
import { wire as restore } from "#functions/restore/restore.handler.ts";
import type { DueKind } from "#functions/runtime/due.ts";
import type { LambdaHandler } from "#functions/runtime/lambda.ts";
import type { TableName } from "#functions/runtime/table.ts";
import type { Workflow } from "#functions/runtime/workflow.ts";
import { wire as store } from "#functions/store/store.handler.ts";
import { wire as support } from "#functions/support/support.handler.ts";
import { wire as sweepSupport } from "#functions/support/sweep-support.handler.ts";
import { wire as deliverWebhook } from "#functions/webhook/deliver-webhook.handler.ts";
import { wire as fanOutEvent } from "#functions/webhook/fan-out-event.handler.ts";
import { wire as sweepDeliveries } from "#functions/webhook/sweep-deliveries.handler.ts";
import { wire as webhook } from "#functions/webhook/webhook.handler.ts";
import type { Clients } from "./clients.ts";

export type Deployed = { readonly wire: (on: Clients) => LambdaHandler; readonly timeoutSeconds: number };

/** Every function as the templates deploy it; `deployment.test.ts` holds the two together. */
export const functions: Readonly<Record<string, Deployed>> = {
  "access/access": { wire: access, timeoutSeconds: 20 },
  "access/authorize": { wire: authorize, timeoutSeconds: 5 },
  "access/receive-alert": { wire: receiveAlert, timeoutSeconds: 20 },
  "access/sweep-keys": { wire: sweepKeys, timeoutSeconds: 50 },
  "acp/acp": { wire: acp, timeoutSeconds: 28 },
  "audit/audit": { wire: audit, timeoutSeconds: 20 },
  "audit/examine-audit": { wire: examineAudit, timeoutSeconds: 840 },
  "audit/seal-audit": { wire: sealAudit, timeoutSeconds: 55 },
  "catalog/catalog": { wire: catalog, timeoutSeconds: 20 },
  "catalog/reserve-stock": { wire: reserveStock, timeoutSeconds: 4 },
  "checkout/abort-checkout": { wire: abortCheckout, timeoutSeconds: 4 },
  "checkout/settle-checkout": { wire: settleCheckout, timeoutSeconds: 4 },
  "checkout/sweep-checkouts": { wire: sweepCheckouts, timeoutSeconds: 50 },
  "docs/agent-docs": { wire: agentDocs, timeoutSeconds: 5 },
  "docs/store-docs": { wire: storeDocs, timeoutSeconds: 5 },
  "domain/domain": { wire: domain, timeoutSeconds: 20 },
  "domain/recheck-domains": { wire: recheckDomains, timeoutSeconds: 50 },
  "customer/customer": { wire: customer, timeoutSeconds: 25 },
  "support/support": { wire: support, timeoutSeconds: 20 },
  "support/sweep-support": { wire: sweepSupport, timeoutSeconds: 50 },
  "customer/sweep-erasures": { wire: sweepErasures, timeoutSeconds: 50 },
  "fulfillment/fulfillment": { wire: fulfillment, timeoutSeconds: 20 },
  "fulfillment/submit-order": { wire: submitOrder, timeoutSeconds: 10 },
  "fulfillment/sweep-shops": { wire: sweepShops, timeoutSeconds: 50 },
  "operator/operator": { wire: operator, timeoutSeconds: 25 },
  "operator/rotate-secrets": { wire: rotateSecrets, timeoutSeconds: 25 },
  "order/cancel-order": { wire: cancelOrder, timeoutSeconds: 4 },
  "order/change-orders": { wire: changeOrders, timeoutSeconds: 25 },
  "order/confirm-order": { wire: confirmOrder, timeoutSeconds: 4 },
  "order/order": { wire: order, timeoutSeconds: 20 },
  "order/place-order": { wire: placeOrder, timeoutSeconds: 4 },
  "order/settle-order": { wire: settleOrder, timeoutSeconds: 4 },
  "order/sweep-orders": { wire: sweepOrders, timeoutSeconds: 50 },
  "outbox/publish-events": { wire: publishEvents, timeoutSeconds: 10 },
  "outbox/sweep-outbox": { wire: sweepOutbox, timeoutSeconds: 50 },
  "payment/apply-stripe-event": { wire: applyStripeEvent, timeoutSeconds: 50 },
  "payment/authorize-payment": { wire: authorizePayment, timeoutSeconds: 12 },
  "payment/capture-payment": { wire: capturePayment, timeoutSeconds: 12 },
  "payment/receive-stripe-event": { wire: receiveStripeEvent, timeoutSeconds: 10 },
  "payment/return-payment": { wire: returnPayment, timeoutSeconds: 12 },
  "payment/sweep-stripe-events": { wire: sweepStripeEvents, timeoutSeconds: 50 },
  "reconciliation/reconcile-books": { wire: reconcileBooks, timeoutSeconds: 840 },
  "restore/restore": { wire: restore, timeoutSeconds: 60 },
  "store/store": { wire: store, timeoutSeconds: 20 },
  "webhook/deliver-webhook": { wire: deliverWebhook, timeoutSeconds: 45 },
  "webhook/fan-out-event": { wire: fanOutEvent, timeoutSeconds: 30 },
  "webhook/sweep-deliveries": { wire: sweepDeliveries, timeoutSeconds: 50 },
  "webhook/webhook": { wire: webhook, timeoutSeconds: 20 },
};

export const workflows: readonly Workflow[] = [checkoutWorkflow, fulfillmentWorkflow];

/** Which workflow an event starts, and with what. */
export const startedBy: Readonly<Record<string, { workflow: Workflow; paths: Record<string, string> }>> = {
  "order.placed": {
    workflow: fulfillmentWorkflow,
    paths: { storeId: "$.detail.storeId", orderId: "$.detail.subject" },
  },
};

export type QueueSettings = {
  readonly reader: string;
  readonly batchSize: number;
  readonly visibilitySeconds: number;
  readonly receives: number;
};

export const queues: Readonly<Record<string, QueueSettings>> = {
  "fan-out": { reader: "webhook/fan-out-event", batchSize: 10, visibilitySeconds: 180, receives: 5 },
  "stripe-event": {
    reader: "payment/apply-stripe-event",
    batchSize: 5,
    visibilitySeconds: 300,
    receives: 5,
  },
  deliveries: { reader: "webhook/deliver-webhook", batchSize: 5, visibilitySeconds: 270, receives: 5 },
};

/** Who reads what is inserted into the outbox: so many at once, each so much at a time. */
export const outboxStream = {
  reader: "outbox/publish-events",
  batchSize: 100,
  readers: 4,
  retries: 2,
} as const;

export type Sweeper = { readonly table: TableName; readonly kinds: readonly DueKind[] };

/** Called every minute; the rows of these kinds are what they are called for. */
export const sweepers: Readonly<Record<string, Sweeper>> = {
  "access/sweep-keys": { table: "access", kinds: ["license-key"] },
  "checkout/sweep-checkouts": { table: "commerce", kinds: ["checkout"] },
  "domain/recheck-domains": { table: "access", kinds: ["domain"] },
  "customer/sweep-erasures": { table: "erasures", kinds: ["erasure"] },
  "fulfillment/sweep-shops": { table: "access", kinds: ["shop", "agent-feed"] },
  "order/sweep-orders": { table: "commerce", kinds: ["order"] },
  "outbox/sweep-outbox": { table: "outbox", kinds: ["event"] },
  "payment/sweep-stripe-events": { table: "commerce", kinds: ["stripe-event"] },
  "support/sweep-support": { table: "access", kinds: ["support-grant"] },
  "webhook/sweep-deliveries": { table: "webhooks", kinds: ["delivery"] },
};

/** Called every minute, too; no row is due for it. */
export const sealer = "audit/seal-audit";

/** Which function serves a path, as both APIs are deployed. */
export const servedBy = (path: string): string => {
  const [, first = "", second, part = "", last = part] = path.split("/");
  if (first === "orders" && (last === "refunds" || last === "cancel")) return "order/change-orders";
  if (first === "orders" && part === "fulfillments") return "fulfillment/fulfillment";
  if (first === "store" && second === "connector") return "fulfillment/fulfillment";
  const found = paths[first];
  if (!found) throw new Error(`no function serves ${path}`);
  return found;
};

const paths: Readonly<Record<string, string>> = {
  checkout_sessions: "acp/acp",
  data_protection_statement: "access/access",
  ".well-known": "acp/acp",
  license_keys: "access/access",
  principals: "access/access",
  access_review: "access/access",
  secret_scanning: "access/receive-alert",
  products: "catalog/catalog",
  feed: "catalog/catalog",
  agent_feeds: "fulfillment/fulfillment",
  stock_changes: "catalog/catalog",
  orders: "order/order",
  customers: "customer/customer",
  erasures: "customer/customer",
  audit_events: "audit/audit",
  support_grants: "support/support",
  store: "store/store",
  stores: "webhook/webhook",
  discounts: "store/store",
  domains: "domain/domain",
  webhook_endpoints: "webhook/webhook",
  events: "order/order",
  stripe: "payment/receive-stripe-event",
};

export const environment: Readonly<Record<string, string>> = {
  STAGE: "dev",
  OUTBOUND_POLICY: "public",
  AGENT_API_URL: "https://agents.example",
  STORE_API_URL: "https://stores.example",
  DEPLOYMENT: "simulation",
  CHECKOUT_WORKFLOW_ARN: "checkout",
  FULFILLMENT_WORKFLOW_ARN: "fulfillment",
  DELIVERY_QUEUE_URL: "deliveries",
  HOME_BUSES: "arn:aws:events:us-east-1:000000000000",
  STRIPE_EVENT_QUEUE_URL: "stripe-event",
  EVENT_BUS_NAME: "bus",
  PEPPER_SECRET_ARN: "pepper",
  PEOPLE_KEY_ARN: "people",
};
