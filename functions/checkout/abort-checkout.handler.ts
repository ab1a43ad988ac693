import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { taskHandler } from "#functions/runtime/task-handler.ts";
import { abortCheckout } from "./abort-checkout.ts";
import { checkoutStore } from "./checkout.store.ts";
import { Step } from "./completion.ts";

export const wire = (on: Platform) =>
  taskHandler(on, Step, abortCheckout({ ...on, checkouts: checkoutStore(on.table) }));

export const handler = lambda(wire);
