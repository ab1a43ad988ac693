import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { EventEnvelope } from "#events/define-event.ts";
import type { ClientOf } from "#functions/runtime/platform.ts";
import type { PutEvents } from "./publish-events.ts";

/** What rules match on, beside the event's type. */
export const source = "agentic-checkout";

export const eventBusClient: ClientOf<PutEvents> = (on) => {
  const client = new EventBridgeClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  const bus = on.environment.get("EVENT_BUS_NAME");
  return async (events) => {
    const { Entries = [] } = await client.send(
      new PutEventsCommand({ Entries: events.map((event) => entryOf(bus, event)) }),
    );
    // The call succeeds even if the bus took nothing: each entry has its own outcome, in the order sent.
    return new Set(events.filter((_, index) => !Entries[index]?.EventId).map(({ id }) => id));
  };
};

const entryOf = (bus: string, event: EventEnvelope) => ({
  EventBusName: bus,
  Source: source,
  DetailType: event.type,
  Detail: JSON.stringify(event),
  Time: new Date(event.occurredAt),
});
