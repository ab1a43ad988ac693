import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { orderStore } from "#functions/order/order.store.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { sweepErasures } from "./sweep-erasures.ts";

export const wire = (on: Platform) =>
  sweepHandler(
    on,
    sweepErasures({ ...on, checkouts: checkoutStore(on.table), orders: orderStore(on.table) }),
  );

export const handler = lambda(wire);
