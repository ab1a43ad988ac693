import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { Completion } from "#functions/checkout/completion.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { limitFactorOf } from "#functions/runtime/counter.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { discountStore } from "#functions/store/discount.store.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { brakeAct } from "#functions/velocity/brake-act.ts";
import { productStore } from "./product.store.ts";
import { reserveStock } from "./reserve-stock.ts";

export const wire = (on: Platform) =>
  taskHandler(
    on,
    Completion,
    reserveStock({
      ...on,
      checkouts: checkoutStore(on.table),
      stores: storeStore(on.table),
      payments: paymentStore(on.table),
      products: productStore(on.table),
      discounts: discountStore(on.table),
      brake: brakeAct({ ...on, limitFactor: limitFactorOf(on.environment) }),
    }),
  );

export const handler = lambda(wire);
