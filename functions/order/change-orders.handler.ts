import { recordRequest } from "#functions/audit/record-request.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { stripeClient } from "#functions/payment/stripe.client.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { limitFactorOf } from "#functions/runtime/counter.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { type StartWorkflow, workflowClient } from "#functions/runtime/workflow.client.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { brakeAct } from "#functions/velocity/brake-act.ts";
import { orderStore } from "./order.store.ts";
import { refundOrder } from "./refund-order.ts";
import { requestCancellation } from "./request-cancellation.ts";
import { orderChangeRoutes } from "./routes.ts";

export const wire = (on: Platform & { stripe: Stripe; workflows: StartWorkflow }) => {
  const workflow = on.environment.get("FULFILLMENT_WORKFLOW_ARN");
  const collaborators = {
    ...on,
    orders: orderStore(on.table),
    payments: paymentStore(on.table),
    stores: storeStore(on.table),
    brake: brakeAct({ ...on, limitFactor: limitFactorOf(on.environment) }),
    beginRun: (input: object) => on.workflows.start(workflow, input),
  };
  return apiHandler(on, {
    routes: orderChangeRoutes,
    operations: {
      refundOrder: refundOrder(collaborators),
      cancelOrder: requestCancellation(collaborators),
    },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });
};

export const handler = lambda(wire, { stripe: stripeClient, workflows: workflowClient });
