import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { cancelOrder } from "./cancel-order.ts";
import { orderStore } from "./order.store.ts";
import { OrderStep } from "./order-step.ts";

export const wire = (on: Platform) =>
  taskHandler(on, OrderStep, cancelOrder({ ...on, orders: orderStore(on.table) }));

export const handler = lambda(wire);
