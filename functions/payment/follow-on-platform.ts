import { productStore } from "#functions/catalog/product.store.ts";
import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { orderStore } from "#functions/order/order.store.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import type { StartWorkflow } from "#functions/runtime/workflow.client.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { followPaymentIntent } from "./follow-payment-intent.ts";
import { paymentStore } from "./payment.store.ts";
import type { Stripe } from "./stripe.ts";

/** `followPaymentIntent` over a function's own platform: for every handler that hears of PaymentIntents. */
export const followOnPlatform = (on: Platform & { stripe: Stripe; workflows: StartWorkflow }) =>
  followPaymentIntent({
    ...on,
    deployment: on.environment.get("DEPLOYMENT"),
    stores: storeStore(on.table),
    checkouts: checkoutStore(on.table),
    orders: orderStore(on.table),
    payments: paymentStore(on.table),
    products: productStore(on.table),
    beginCheckout: (input) => on.workflows.start(on.environment.get("CHECKOUT_WORKFLOW_ARN"), input),
    beginFulfillment: (input) => on.workflows.start(on.environment.get("FULFILLMENT_WORKFLOW_ARN"), input),
  });
