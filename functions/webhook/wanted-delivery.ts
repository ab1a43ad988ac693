import { readEvent } from "#functions/outbox/outbox.store.ts";
import { keyOfEvent } from "#functions/outbox/outbox.ts";
import type { Table, Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { createdDelivery, readDelivery, savedDelivery } from "./delivery.store.ts";
import { type Delivery, isFinal, reopened } from "./delivery.ts";
import type { Endpoint } from "./endpoint.ts";
import { followedBy, newDelivery } from "./fan-out-event.ts";
import { takes } from "./hearing.ts";

/** A delivery that its owner wants by name; before that its endpoint may have had none. */
export type Wanted = { readonly before: Delivery | undefined; readonly after: Delivery };

/** What is on its way already is woken, and stays as it is. */
export const wantedAgain = (before: Delivery, now: Instant): Wanted => ({
  before,
  after: isFinal(before.status) || before.status === "waiting" ? reopened(before, now) : before,
});

export const wantedWrites = (wanted: readonly Wanted[]): Write[] =>
  wanted
    .filter(({ before, after }) => before !== after)
    .map(({ before, after }) => (before ? savedDelivery(before, after) : createdDelivery(after)));

export const noDelivery =
  "There is no delivery of this event to this endpoint; a replay of its time makes one.";

/** Refused as a whole where one is none that this endpoint takes, or can only be found by its time. */
export const wantedByName = (
  table: Pick<Table, "get" | "query">,
  endpoint: Endpoint,
  eventIds: readonly string[],
  now: Instant,
): Promise<Wanted[]> =>
  Promise.all(
    [...new Set(eventIds)].map(async (eventId) => {
      const before = await readDelivery(table, { endpointId: endpoint.id, eventId });
      if (before) return wantedAgain(before, now);
      const after = await lateDelivery(table, endpoint, eventIds, { eventId, now });
      if (after) return { before, after };
      throw new Refusal("invalid", noDelivery, { param: `$.eventIds[${eventIds.indexOf(eventId)}]` });
    }),
  );

const lateDelivery = async (
  table: Pick<Table, "get" | "query">,
  endpoint: Endpoint,
  eventIds: readonly string[],
  { eventId, now }: { eventId: string; now: Instant },
): Promise<Delivery | undefined> => {
  const key = keyOfEvent(endpoint.storeId, eventId);
  const event = key && (await readEvent(table, key))?.event;
  if (!event || !takes(endpoint, event)) return undefined;
  return newDelivery(endpoint, event, now, await followedBy(table, endpoint, event, eventIds));
};
