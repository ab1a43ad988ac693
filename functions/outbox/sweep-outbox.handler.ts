import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { eventBusClient } from "./event-bus.client.ts";
import type { PutEvents } from "./publish-events.ts";
import { sweepOutbox } from "./sweep-outbox.ts";

export const wire = (on: Platform & { put: PutEvents }) => sweepHandler(on, sweepOutbox(on));

export const handler = lambda(wire, { put: eventBusClient });
