import { z } from "zod";
import { equals, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { days, hours, Instant, seconds } from "#functions/values/clock.ts";
import { lookOf, StripeEvent } from "./stripe-event.ts";

export const times = {
  /** How long the queue has before the sweeper comes. */
  grace: seconds(60),
  /** The first wait after a fault; each is twice the one before. */
  firstWait: seconds(15),
  longestWait: hours(1),
  /** So old and still not followed: somebody must hear of it. */
  alarm: days(1),
  /** Stripe repeats an event for three days and shows it for thirty. */
  kept: days(30),
} as const;

/** An event has two states, told apart by its due time alone. */
export const timers = {
  received: { by: "payment/sweep-stripe-events", within: times.longestWait, due: "own" },
  followed: "rest",
} as const satisfies Timers<"received" | "followed">;

/** An event as it is kept; due until what it points to has been followed. */
export const ReceivedEvent = StripeEvent.extend({
  receivedAt: Instant,
  tries: z.int(),
  dueAt: Instant.optional(),
});
export type ReceivedEvent = z.infer<typeof ReceivedEvent>;

export type StripeEventStore = { get(eventId: string): Promise<ReceivedEvent | undefined> };

export const stripeEventStore = (table: Pick<Table, "get">): StripeEventStore => ({
  get: async (eventId) => {
    const row = await table.get("commerce", keyOf(eventId));
    return row && ReceivedEvent.parse(row);
  },
});

const keyOf = (eventId: string): Key => ({ pk: `stripe-event#${eventId}`, sk: "stripe-event" });

/** Refused when it came before. */
export const receivedEvent = (event: StripeEvent, now: Instant): Write => {
  const key = keyOf(event.id);
  return {
    table: "commerce",
    key,
    change: {
      put: {
        ...event,
        receivedAt: now,
        tries: 0,
        ...(lookOf(event) ? dueAt("stripe-event", key.pk, now + times.grace) : notDue),
        expiresAtSeconds: Math.ceil((now + times.kept) / 1_000),
      },
    },
    condition: missing(),
  };
};

export const followedEvent = (event: ReceivedEvent): Write => changed(event, notDue);

/** To be looked at again, later each time. */
export const restedEvent = (event: ReceivedEvent, now: Instant): Write => {
  const wait = Math.min(times.firstWait * 2 ** event.tries, times.longestWait);
  return changed(event, { tries: event.tries + 1, dueAt: now + wait });
};

const changed = ({ id, tries }: ReceivedEvent, set: Record<string, number | string | undefined>): Write => ({
  table: "commerce",
  key: keyOf(id),
  change: { set },
  condition: equals("tries", tries),
});
