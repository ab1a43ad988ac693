import type { Workflow } from "#functions/runtime/workflow.ts";

/**
 * The store accepts first, then the money is taken, then the order is confirmed: a store's refusal is a free void,
 * not a refund. A definite refusal of either gives money and stock back.
 */
export const fulfillmentWorkflow: Workflow = {
  name: "fulfillment",
  steps: [
    { handler: "fulfillment/submit-order", timeoutSeconds: 10 },
    { handler: "payment/capture-payment", timeoutSeconds: 12 },
    { handler: "order/confirm-order", timeoutSeconds: 4 },
  ],
  refused: [
    { handler: "order/cancel-order", timeoutSeconds: 4 },
    { handler: "payment/return-payment", timeoutSeconds: 12 },
    { handler: "order/settle-order", timeoutSeconds: 4 },
  ],
  timeoutSeconds: 40,
};
