import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { type Enqueue, queueClient } from "#functions/runtime/queue.client.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { sweepDeliveries } from "./sweep-deliveries.ts";
import { wakeSender } from "./wake-sender.ts";

export const wire = (on: Platform & { enqueue: Enqueue }) =>
  sweepHandler(
    on,
    sweepDeliveries({ ...on, wake: wakeSender(on.enqueue, on.environment.get("DELIVERY_QUEUE_URL")) }),
  );

export const handler = lambda(wire, { enqueue: queueClient });
