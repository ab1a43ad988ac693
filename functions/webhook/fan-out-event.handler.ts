import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { type Enqueue, queueClient } from "#functions/runtime/queue.client.ts";
import { queueHandler } from "#functions/runtime/queue-handler.ts";
import { endpointStore } from "./endpoint.store.ts";
import { FanOutEvent, fanOutEvent } from "./fan-out-event.ts";
import { wakeSender } from "./wake-sender.ts";

export const wire = (on: Platform & { enqueue: Enqueue }) =>
  queueHandler(
    on,
    FanOutEvent,
    fanOutEvent({
      ...on,
      endpoints: endpointStore(on.table),
      wake: wakeSender(on.enqueue, on.environment.get("DELIVERY_QUEUE_URL")),
    }),
  );

export const handler = lambda(wire, { enqueue: queueClient });
