import type { EventEnvelope } from "#events/define-event.ts";
import type { Order } from "#functions/order/order.ts";
import { eventId } from "#functions/outbox/outbox.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import { hears } from "#functions/webhook/hearing.ts";
import type { Divergence } from "./divergence.ts";
import { idsOf, saying } from "./money-comparison.ts";

/** An order counts its events: each of them is in the outbox. */
export const compareEvents = (order: Order, events: readonly EventEnvelope[]): Divergence[] => {
  const there = new Set(events.map(({ version }) => version));
  return Array.from({ length: order.version }, (_, index) => index + 1)
    .filter((version) => !there.has(version))
    .map((version) =>
      saying(idsOf(order))("missing_event", {
        eventId: eventId({ storeId: order.storeId, subject: order.id, version }),
      }),
    );
};

/** A delivery for each endpoint that is on and hears of the event. */
export const compareDeliveries = (
  order: Order,
  published: readonly EventEnvelope[],
  read: {
    endpoints: readonly Endpoint[];
    isDelivered: (endpoint: Endpoint, event: EventEnvelope) => boolean;
  },
): Divergence[] =>
  published.flatMap((event) =>
    read.endpoints
      .filter(({ status }) => status === "enabled")
      .filter((endpoint) => hears(endpoint, event) && !read.isDelivered(endpoint, event))
      .map((endpoint) =>
        saying(idsOf(order))("missing_delivery", { eventId: event.id, endpointId: endpoint.id }),
      ),
  );
