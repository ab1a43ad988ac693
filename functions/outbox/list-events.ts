import { z } from "zod";
import type { Operation } from "#functions/runtime/route.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Cursor, readCursor, writeCursor } from "./feed.ts";
import { eventsAfter, readEvent } from "./outbox.store.ts";
import { times } from "./outbox.ts";
import type { eventRoutes } from "./routes.ts";
import { ToldEvent, toldEvent } from "./told-event.ts";

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const EventsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(100),
  /** `next` of the page before. */
  after: z.string().max(400).optional(),
  /** To begin with: after that moment. Without either, with the oldest that is kept. */
  since: Time.optional(),
});

export const EventsPage = z.object({
  /** In the order in which they were committed, each as a webhook tells it. */
  events: z.array(ToldEvent),
  /** Where to go on, at once while there is `more`, else after a while. */
  next: z.string(),
  more: z.boolean(),
});

/** Every event of the store that a webhook could have told, whether or not there is an endpoint. */
export const listEvents =
  (on: { table: Pick<Table, "get" | "query">; now: Clock }): Operation<typeof eventRoutes.listEvents> =>
  async ({ caller: { storeId }, query }) => {
    const now = on.now();
    const after = beginningOf(query, now);
    const { keys, next, more } = await eventsAfter(on.table, { storeId, after, limit: query.limit, now });
    const rows = await Promise.all(keys.map((key) => readEvent(on.table, key)));
    const events = rows.flatMap((row) => (row ? [toldEvent(row.event)] : []));
    return { status: 200, body: { events, next: writeCursor(next), more } };
  };

/** Whoever comes later than events are kept would miss some and not know it. */
export const beginningOf = (
  { after, since }: { after?: string | undefined; since?: Instant | undefined },
  now: Instant,
): Cursor => {
  const oldest = now - times.kept;
  if (after === undefined) return { at: Math.max(oldest, since ?? 0) };
  const cursor = readCursor(after);
  if (cursor.at >= oldest) return cursor;
  throw new Refusal(
    "invalid",
    "The cursor is older than the 90 days that events are kept. Read anew what you keep, and go on with since.",
    { param: "$.after" },
  );
};
