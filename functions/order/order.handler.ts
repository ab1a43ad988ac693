import { recordRequest } from "#functions/audit/record-request.ts";
import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { listEvents } from "#functions/outbox/list-events.ts";
import { eventRoutes } from "#functions/outbox/routes.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { envelopeClient } from "#functions/privacy/envelope.client.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { listOrders } from "./list-orders.ts";
import { orderStore } from "./order.store.ts";
import { getOrderDisputes } from "./read-disputes.ts";
import { getOrder } from "./read-orders.ts";
import { orderRoutes } from "./routes.ts";

export const wire = (on: Platform & { envelope: Envelope }) => {
  const collaborators = {
    ...on,
    orders: orderStore(on.table),
    checkouts: checkoutStore(on.table),
    payments: paymentStore(on.table),
  };
  return apiHandler(on, {
    routes: { ...orderRoutes, ...eventRoutes },
    operations: {
      listOrders: listOrders(collaborators),
      getOrder: getOrder(collaborators),
      getOrderDisputes: getOrderDisputes(collaborators),
      listEvents: listEvents(on),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
};

export const handler = lambda(wire, { envelope: envelopeClient });
