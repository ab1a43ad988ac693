import { longestRunOf, type Workflow } from "#functions/runtime/workflow.ts";

/**
 * From "ready" to an order, or back. Two transactions and one call to Stripe are the serial path, the least that
 * is safe. Only a definite refusal takes the second road, and its first step is the write that decides.
 */
export const checkoutWorkflow: Workflow = {
  name: "checkout",
  steps: [
    { handler: "catalog/reserve-stock", timeoutSeconds: 4 },
    { handler: "payment/authorize-payment", timeoutSeconds: 12 },
    { handler: "order/place-order", timeoutSeconds: 4 },
  ],
  refused: [
    { handler: "checkout/abort-checkout", timeoutSeconds: 4 },
    { handler: "payment/return-payment", timeoutSeconds: 12 },
    { handler: "checkout/settle-checkout", timeoutSeconds: 4 },
  ],
  timeoutSeconds: 22,
};

/** After this nothing of a run is left that could still call Stripe. */
export const longestRun = longestRunOf(checkoutWorkflow);
