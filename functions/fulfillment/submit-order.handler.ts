import { orderStore } from "#functions/order/order.store.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { nativeConnector } from "./connector.ts";
import { SubmitOrder, submitOrder } from "./submit-order.ts";

export const wire = (on: Platform) =>
  taskHandler(
    on,
    SubmitOrder,
    submitOrder({
      ...on,
      orders: orderStore(on.table),
      stores: storeStore(on.table),
      payments: paymentStore(on.table),
      connector: nativeConnector,
    }),
  );

export const handler = lambda(wire);
