import { recordRequest } from "#functions/audit/record-request.ts";
import { orderStore } from "#functions/order/order.store.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { addFulfillmentEvent, createFulfillment } from "./record-fulfillment.ts";
import { fulfillmentRoutes } from "./routes.ts";

export const wire = (on: Platform) => {
  const collaborators = { ...on, orders: orderStore(on.table) };
  return apiHandler(on, {
    routes: fulfillmentRoutes,
    operations: {
      createFulfillment: createFulfillment(collaborators),
      addFulfillmentEvent: addFulfillmentEvent(collaborators),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
};

export const handler = lambda(wire);
