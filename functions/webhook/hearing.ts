import type { EventEnvelope } from "#events/define-event.ts";
import { type Endpoint, familyOf, subscribable } from "./endpoint.ts";

/** Whether the event is one for this endpoint, be it on or off: its store's, its own agent's, of a type that it asks for. */
export const takes = (endpoint: Endpoint, event: EventEnvelope): boolean =>
  isProven(endpoint) &&
  endpoint.storeId === event.storeId &&
  endpoint.livemode === event.livemode &&
  // One that fails would hear of it too late.
  event.subject !== endpoint.id &&
  (endpoint.kind !== "acp" || endpoint.principalId === event.principalId) &&
  wants(endpoint, event.type);

/** What it is told unasked: nothing from before it was there and proven. A replay brings that. */
export const hears = (endpoint: Endpoint, event: EventEnvelope): boolean =>
  event.occurredAt >= (endpoint.verifiedAt ?? 0) && takes(endpoint, event);

/** Whether it has heard of this earlier event, so that a later one follows it. */
export const follows = (endpoint: Endpoint, earlier: EventEnvelope): boolean =>
  earlier.occurredAt >= endpoint.listensSince && hears(endpoint, earlier);

/** Somebody has shown that what answers there is whose it is said to be. */
export const isProven = ({ verifiedAt }: Endpoint): boolean => verifiedAt !== undefined;

const wants = ({ kind, events }: Endpoint, type: string): boolean =>
  (subscribable[kind] as readonly string[]).includes(type) &&
  [type, familyOf(type), "*"].some((filter) => (events as readonly string[]).includes(filter));
