import { z } from "zod";
import { EventEnvelope } from "#events/define-event.ts";
import { eventsBefore, readEvent } from "#functions/outbox/outbox.store.ts";
import { eventKey } from "#functions/outbox/outbox.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { createdDelivery } from "./delivery.store.ts";
import type { Delivery } from "./delivery.ts";
import type { EndpointStore } from "./endpoint.store.ts";
import { type Endpoint, follows, hears } from "./endpoint.ts";
import type { WakeSender } from "./wake-sender.ts";

/** What the bus puts into the queue. */
export const FanOutEvent = z.object({ detail: EventEnvelope });
export type FanOutEvent = z.infer<typeof FanOutEvent>;

type FanOut = {
  readonly table: Table;
  readonly endpoints: Pick<EndpointStore, "list">;
  readonly wake: WakeSender;
  readonly now: Clock;
};

/**
 * One delivery for each endpoint that hears of the event; for one that is disabled a canceled one, so that a replay brings
 * back what it missed. Safe to repeat: the rows are there once, and waking
 * the sender twice does nothing. The event is read from the outbox, so the bus alone can make nobody hear anything.
 */
export const fanOutEvent =
  (on: FanOut) =>
  async ({ detail }: FanOutEvent): Promise<void> => {
    const recorded = await readEvent(on.table, eventKey(detail));
    if (!recorded) return;
    const { event } = recorded;
    const listeners = (await on.endpoints.list(event.storeId)).filter((endpoint) => hears(endpoint, event));
    if (listeners.length === 0) return;
    const before = await eventsBefore(on.table, event);
    const deliveries = listeners.map((endpoint) => {
      const previous = before.find((earlier) => follows(endpoint, earlier));
      return newDelivery(endpoint, event, on.now(), previous?.id);
    });
    // One commit each: a repeat finds some of them there and must still make the others.
    await Promise.all(deliveries.map((delivery) => tryCommit(on.table, [createdDelivery(delivery)])));
    await on.wake(
      deliveries.filter(({ status }) => status === "pending"),
      0,
    );
  };

export const newDelivery = (
  endpoint: Endpoint,
  event: EventEnvelope,
  now: Instant,
  previousEventId?: string,
): Delivery => ({
  endpointId: endpoint.id,
  storeId: endpoint.storeId,
  eventId: event.id,
  type: event.type,
  eventAt: eventKey(event),
  previousEventId,
  ...(endpoint.status === "disabled"
    ? { status: "canceled", reason: "endpoint_disabled" }
    : { status: "pending" }),
  version: 1,
  attempts: 0,
  nextAt: now,
  leaseUntil: now,
  outOfOrder: false,
  createdAt: now,
  updatedAt: now,
});
