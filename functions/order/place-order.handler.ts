import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { Step } from "#functions/checkout/completion.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { placeOrder } from "./place-order.ts";

export const wire = (on: Platform) =>
  taskHandler(
    on,
    Step,
    placeOrder({
      ...on,
      checkouts: checkoutStore(on.table),
      payments: paymentStore(on.table),
      stores: storeStore(on.table),
    }),
  );

export const handler = lambda(wire);
