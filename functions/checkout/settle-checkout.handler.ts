import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { checkoutStore } from "./checkout.store.ts";
import { Step } from "./completion.ts";
import { settleCheckout } from "./settle-checkout.ts";

export const wire = (on: Platform) =>
  taskHandler(on, Step, settleCheckout({ ...on, checkouts: checkoutStore(on.table) }));

export const handler = lambda(wire);
