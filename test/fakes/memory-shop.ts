import { productStore, putProduct } from "#functions/catalog/product.store.ts";
import type { Product } from "#functions/catalog/product.ts";
import { wire as wireReserve } from "#functions/catalog/reserve-stock.handler.ts";
import { setStock } from "#functions/catalog/stock.store.ts";
import { wire as wireAbort } from "#functions/checkout/abort-checkout.handler.ts";
import { cancelCheckout } from "#functions/checkout/cancel-checkout.ts";
import { changeCheckout } from "#functions/checkout/change-checkout.ts";
import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { completeCheckout } from "#functions/checkout/complete-checkout.ts";
import { createCheckout } from "#functions/checkout/create-checkout.ts";
import { getCheckout } from "#functions/checkout/read-checkout.ts";
import { wire as wireSettle } from "#functions/checkout/settle-checkout.handler.ts";
import { sweepCheckouts } from "#functions/checkout/sweep-checkouts.ts";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import { wire as wireSubmit } from "#functions/fulfillment/submit-order.handler.ts";
import { fulfillmentWorkflow } from "#functions/fulfillment/workflow.ts";
import { wire as wireCancelOrder } from "#functions/order/cancel-order.handler.ts";
import { wire as wireConfirm } from "#functions/order/confirm-order.handler.ts";
import { orderStore } from "#functions/order/order.store.ts";
import { wire as wirePlace } from "#functions/order/place-order.handler.ts";
import { recordRefunds } from "#functions/order/record-refund.ts";
import { type NewRefund, refundOrder } from "#functions/order/refund-order.ts";
import { type Cancellation, requestCancellation } from "#functions/order/request-cancellation.ts";
import { wire as wireSettleOrder } from "#functions/order/settle-order.handler.ts";
import { settleRefund } from "#functions/order/settle-refund.ts";
import { sweepOrders } from "#functions/order/sweep-orders.ts";
import type { PutEvents } from "#functions/outbox/publish-events.ts";
import { wire as wireAuthorize } from "#functions/payment/authorize-payment.handler.ts";
import { wire as wireCapture } from "#functions/payment/capture-payment.handler.ts";
import { followPaymentIntent } from "#functions/payment/follow-payment-intent.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { wire as wireReturn } from "#functions/payment/return-payment.handler.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { wire as wireReconcile } from "#functions/reconciliation/reconcile-books.handler.ts";
import { limitFactorOf } from "#functions/runtime/counter.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import { findAnswer } from "#functions/runtime/idempotency.ts";
import type { LambdaHandler } from "#functions/runtime/lambda.ts";
import type { Dial } from "#functions/runtime/outbound.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import type { Enqueue } from "#functions/runtime/queue.client.ts";
import type { IdempotencyRequest } from "#functions/runtime/route.ts";
import type { RunEnd } from "#functions/runtime/workflow.client.ts";
import { discountStore } from "#functions/store/discount.store.ts";
import { createdStore, storeStore } from "#functions/store/store.store.ts";
import type { Store } from "#functions/store/store.ts";
import { usedAccount } from "#functions/store/stripe-account.store.ts";
import type { Caller } from "#functions/values/caller.ts";
import { type Instant, minutes, seconds } from "#functions/values/clock.ts";
import type { OrderId } from "#functions/values/id.ts";
import { brakeAct } from "#functions/velocity/brake-act.ts";
import { aStore, someFacts, storeId } from "#test/examples.ts";
import { fakeStoreSeal } from "./envelope.ts";
import { aContext } from "./memory-platform.ts";
import { runWorkflow, type StepFunction } from "./run-workflow.ts";
import { stripeEventsOn } from "./stripe-events.ts";

type Process = Platform & {
  stripe: Stripe;
  envelope: Envelope;
  /** The shop of a store that is connected to one; nobody answers without it. */
  dial?: Dial;
  /** Where events and wake-ups go; without them the bus takes all and nobody is woken. */
  put?: PutEvents;
  enqueue?: Enqueue;
};

export const noShop: Dial = async () => ({ answered: false, reason: "connection" });

/** The steps of both workflows as they are deployed, on the given platform. */
export const stepsOn = (on: Process): Record<string, StepFunction> =>
  Object.fromEntries(
    Object.entries({
      "catalog/reserve-stock": wireReserve(on),
      "payment/authorize-payment": wireAuthorize(on),
      "order/place-order": wirePlace(on),
      "checkout/abort-checkout": wireAbort(on),
      "payment/return-payment": wireReturn(on),
      "checkout/settle-checkout": wireSettle(on),
      "fulfillment/submit-order": wireSubmit({ dial: noShop, seal: fakeStoreSeal(), ...on }),
      "payment/capture-payment": wireCapture(on),
      "order/confirm-order": wireConfirm(on),
      "order/cancel-order": wireCancelOrder(on),
      "order/settle-order": wireSettleOrder(on),
    } satisfies Record<string, LambdaHandler>).map(([name, handler]) => [
      name,
      async (input) => (await handler(input, aContext())) as object,
    ]),
  );

/** The checkout's operations and workflows in one process on memory: what the façade and the schedules would call. */
export const shopOn = (on: Process) => {
  const steps = stepsOn(on);
  const run = (workflow: typeof checkoutWorkflow, input: object) =>
    runWorkflow(workflow, steps, JSON.parse(JSON.stringify(input)));
  const begin = async (workflow: typeof checkoutWorkflow, input: object) =>
    void (await run(workflow, input).catch(() => undefined));
  const collaborators = {
    ...on,
    deployment: on.environment.get("DEPLOYMENT"),
    checkouts: checkoutStore(on.table),
    orders: orderStore(on.table),
    stores: storeStore(on.table),
    products: productStore(on.table),
    discounts: discountStore(on.table),
    findAnswer: findAnswer(on),
    payments: paymentStore(on.table),
    brake: brakeAct({ ...on, limitFactor: limitFactorOf(on.environment) }),
    /** What a request or a schedule has. */
    remaining: () => seconds(25),
    runCompletion: (input: object): Promise<RunEnd> =>
      run(checkoutWorkflow, input).then(
        (output) => ({ run: "succeeded", output }),
        () => ({ run: "failed" }),
      ),
  };
  const follow = followPaymentIntent({
    ...collaborators,
    beginCheckout: (input) => begin(checkoutWorkflow, input),
    beginFulfillment: (input) => begin(fulfillmentWorkflow, input),
  });
  const stripeEvents = stripeEventsOn(on, follow);
  const reconcile = wireReconcile({
    ...on,
    put: on.put ?? (async () => new Set()),
    enqueue: on.enqueue ?? (async () => undefined),
    environment: environmentOf({
      CHECKOUT_WORKFLOW_ARN: checkoutWorkflow.name,
      FULFILLMENT_WORKFLOW_ARN: fulfillmentWorkflow.name,
      DELIVERY_QUEUE_URL: "deliveries",
      HOME_BUSES: "arn:aws:events:us-east-1:000000000000",
      DEPLOYMENT: on.environment.get("DEPLOYMENT"),
    }),
    workflows: {
      start: (name, input) =>
        begin(name === checkoutWorkflow.name ? checkoutWorkflow : fulfillmentWorkflow, input as object),
      run: async () => ({ run: "unanswered" }),
    },
  });
  return {
    steps,
    follow,
    ...stripeEvents,
    /** As its schedules call it, or the operator. */
    reconcile: (event: object, remaining = () => minutes(14)) =>
      reconcile(event, { ...aContext(), getRemainingTimeInMillis: remaining }),
    create: createCheckout(collaborators),
    change: changeCheckout(collaborators),
    read: getCheckout(collaborators),
    cancel: cancelCheckout(collaborators),
    complete: completeCheckout(collaborators),
    orders: collaborators.orders,
    checkouts: collaborators.checkouts,
    fulfill: (input: object) => run(fulfillmentWorkflow, input),
    sweepCheckouts: sweepCheckouts({ ...on, beginRun: (input) => begin(checkoutWorkflow, input) }),
    sweepOrders: sweepOrders({ ...collaborators, beginRun: (input) => begin(fulfillmentWorkflow, input) }),
    refund: (asked: AskedOfOrder & { body: NewRefund }) => refundOrder(collaborators)(commandOf(asked)),
    cancelOrder: (asked: AskedOfOrder & { body?: Cancellation }) =>
      requestCancellation({ ...collaborators, beginRun: (input) => begin(fulfillmentWorkflow, input) })({
        ...commandOf(asked),
        body: asked.body,
      }),
    settleRefund: settleRefund(collaborators),
    recordRefunds: recordRefunds(collaborators),
  };
};

/** A request about an order, as the HTTP boundary hands it on. */
export type AskedOfOrder = {
  readonly caller: Caller;
  readonly orderId: OrderId;
  readonly idempotency: IdempotencyRequest;
  readonly deadline: Instant;
};

const commandOf = <Asked extends AskedOfOrder>({
  caller,
  orderId,
  idempotency,
  deadline,
  ...more
}: Asked) => ({
  ...more,
  caller,
  params: { id: orderId },
  query: undefined,
  request: someFacts({ idempotency, deadline }),
});

/** Puts a store with its products into the tables. */
export const stockShop = async (
  on: Pick<Platform, "table">,
  products: readonly (Product & { available: number | null })[],
  store: Store = aStore(),
): Promise<void> => {
  await on.table.commit([createdStore(store), usedAccount(store)]);
  for (const { available, ...product } of products)
    await on.table.commit([
      putProduct(storeId, product),
      setStock(storeId, product.id, { onHand: available }),
    ]);
};
