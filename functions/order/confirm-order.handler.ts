import { paymentStore } from "#functions/payment/payment.store.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { confirmOrder } from "./confirm-order.ts";
import { orderStore } from "./order.store.ts";
import { OrderStep } from "./order-step.ts";

export const wire = (on: Platform) =>
  taskHandler(
    on,
    OrderStep,
    confirmOrder({ ...on, orders: orderStore(on.table), payments: paymentStore(on.table) }),
  );

export const handler = lambda(wire);
