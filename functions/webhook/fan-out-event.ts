import { z } from "zod";
import { EventEnvelope } from "#events/define-event.ts";
import { eventsBefore, readEvent } from "#functions/outbox/outbox.store.ts";
import { eventKey } from "#functions/outbox/outbox.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { createdDelivery, deliveryKey } from "./delivery.store.ts";
import type { Delivery } from "./delivery.ts";
import type { EndpointStore } from "./endpoint.store.ts";
import type { Endpoint } from "./endpoint.ts";
import { follows, hears, takes } from "./hearing.ts";
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
    const deliveries = await Promise.all(
      listeners.map(async (endpoint) => {
        const taken = before.filter((earlier) => takes(endpoint, earlier));
        return newDelivery(endpoint, event, on.now(), await previousOf(on.table, endpoint, taken));
      }),
    );
    // One commit each: a repeat finds some of them there and must still make the others.
    await Promise.all(deliveries.map((delivery) => tryCommit(on.table, [createdDelivery(delivery)])));
    await on.wake(
      deliveries.filter(({ status }) => status === "pending"),
      0,
    );
  };

/** A subject tells much about itself; from before its endpoint was there only a replay brings some of it. */
const looksBack = 10;

/** The nearest of these earlier events, latest first, that this endpoint is told of: the next one follows it. */
const previousOf = async (
  table: Pick<Table, "get">,
  endpoint: Endpoint,
  earlier: readonly EventEnvelope[],
  alsoTold: readonly (string | undefined)[] = [],
): Promise<string | undefined> => {
  for (const event of earlier.slice(0, looksBack)) {
    const key = deliveryKey({ endpointId: endpoint.id, eventId: event.id });
    if (follows(endpoint, event) || alsoTold.includes(event.id) || (await table.get("webhooks", key)))
      return event.id;
  }
  return undefined;
};

/** The same for an event that is told late or once more. `alsoTold`: what its endpoint has heard of, or does now. */
export const followedBy = async (
  table: Pick<Table, "get" | "query">,
  endpoint: Endpoint,
  event: EventEnvelope,
  alsoTold: readonly (string | undefined)[],
): Promise<string | undefined> => {
  const earlier = await eventsBefore(table, event);
  const told = earlier.filter((each) => alsoTold.includes(each.id) || takes(endpoint, each));
  return previousOf(table, endpoint, told, alsoTold);
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
