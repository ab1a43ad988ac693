import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { streamHandler } from "#functions/runtime/stream-handler.ts";
import { eventBusClient } from "./event-bus.client.ts";
import { type PutEvents, publishEvents } from "./publish-events.ts";

export const wire = (on: Platform & { put: PutEvents }) => {
  const publish = publishEvents(on);
  return streamHandler(on, (key) => publish([key]));
};

export const handler = lambda(wire, { put: eventBusClient });
