import { productStore } from "#functions/catalog/product.store.ts";
import { cancelCheckout } from "#functions/checkout/cancel-checkout.ts";
import { changeCheckout } from "#functions/checkout/change-checkout.ts";
import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { completeCheckout } from "#functions/checkout/complete-checkout.ts";
import { createCheckout } from "#functions/checkout/create-checkout.ts";
import { getCheckout } from "#functions/checkout/read-checkout.ts";
import { orderStore } from "#functions/order/order.store.ts";
import { envelopeClient } from "#functions/privacy/envelope.client.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { apiHandler } from "#functions/runtime/api-handler.ts";
import { findAnswer } from "#functions/runtime/idempotency.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { type StartWorkflow, workflowClient } from "#functions/runtime/workflow.client.ts";
import { discountStore } from "#functions/store/discount.store.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { type AcpCore, acpOperations } from "./operations.ts";
import { acpProtocol } from "./protocol.ts";
import { acpRoutes } from "./routes.ts";

type On = Platform & { envelope: Envelope; workflows: StartWorkflow };

export const wire = (on: On) =>
  apiHandler(on, {
    routes: acpRoutes,
    operations: acpOperations(core(on), { apiBaseUrl: on.environment.get("AGENT_API_URL") }),
    protocol: acpProtocol,
  });

const core = (on: On): AcpCore => {
  const workflow = on.environment.get("CHECKOUT_WORKFLOW_ARN");
  const collaborators = {
    ...on,
    checkouts: checkoutStore(on.table),
    discounts: discountStore(on.table),
    findAnswer: findAnswer(on),
    orders: orderStore(on.table),
    products: productStore(on.table),
    stores: storeStore(on.table),
    runCompletion: (input: unknown, timeoutMs: number) => on.workflows.run(workflow, input, timeoutMs),
  };
  return {
    create: createCheckout(collaborators),
    change: changeCheckout(collaborators),
    get: getCheckout(collaborators),
    cancel: cancelCheckout(collaborators),
    complete: completeCheckout(collaborators),
  };
};

export const handler = lambda(wire, { envelope: envelopeClient, workflows: workflowClient });
