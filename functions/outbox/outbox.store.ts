import { EventEnvelope } from "#events/define-event.ts";
import { allRows } from "#functions/runtime/all-rows.ts";
import { exists } from "#functions/runtime/condition.ts";
import { notDue } from "#functions/runtime/due.ts";
import { dueRows } from "#functions/runtime/due-rows.ts";
import { type Key, plainly, type Row, type Table, type Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { eventKey } from "./outbox.ts";

/** An event and whether it still has to be published. */
export type Recorded = { readonly key: Key; readonly event: EventEnvelope; readonly unpublished: boolean };

export const readEvent = async (table: Pick<Table, "get">, key: Key): Promise<Recorded | undefined> => {
  const row = await table.get("outbox", key);
  return row && recorded(row);
};

/** The facts of a subject before the given one, latest first. */
export const eventsBefore = async (
  table: Pick<Table, "query">,
  event: Pick<EventEnvelope, "storeId" | "subject" | "version">,
): Promise<EventEnvelope[]> => {
  const earlier = await recordedUpTo(table, { ...event, version: event.version - 1 });
  return earlier.map((each) => each.event);
};

/** The facts of a subject up to the given one, latest first, and which of them still have to be published. */
export const recordedUpTo = async (
  table: Pick<Table, "query">,
  last: Pick<EventEnvelope, "storeId" | "subject" | "version">,
): Promise<Recorded[]> => {
  const { pk, sk } = eventKey(last);
  const page = await table.query("outbox", { pk, from: "event#", to: sk, descending: true });
  return page.rows.map(recorded);
};

/** Keys of a subject's facts from this number on. */
export const eventsFrom = async (
  table: Pick<Table, "query">,
  place: Pick<EventEnvelope, "storeId" | "subject" | "version">,
): Promise<Key[]> => {
  const { pk, sk } = eventKey(place);
  const rows = await allRows(table, "outbox", { pk, from: sk, to: "event#~" });
  return rows.map((row) => ({ pk: row.pk, sk: row.sk }));
};

/** The number of the last fact of a subject that was ever recorded; 0: there is none. */
export const lastVersion = async (
  table: Pick<Table, "query">,
  { storeId, subject }: Pick<EventEnvelope, "storeId" | "subject">,
): Promise<number> => {
  const { pk } = eventKey({ storeId, subject, version: 0 });
  const { rows } = await table.query("outbox", {
    pk,
    from: "event#",
    to: "event#~",
    descending: true,
    limit: 1,
  });
  return Number(rows[0]?.["version"] ?? 0);
};

/** Keys of events that are due, oldest first. */
export const dueEvents = (table: Pick<Table, "query">, now: Instant, limitPerShard: number): Promise<Key[]> =>
  dueRows(table, { table: "outbox", kind: "event", now, limitPerShard });

/** Plain, like the next: who finds the event published by somebody else, or by itself, has nothing more to do. */
export const published = (key: Key): Write => whileDue(key, notDue);

export const dueLater = (key: Key, at: Instant): Write => whileDue(key, { dueAt: at });

const whileDue = (key: Key, set: { due?: undefined; dueAt: Instant | undefined }): Write =>
  plainly({ table: "outbox", key, change: { set }, condition: exists("due") });

const recorded = (row: Row): Recorded => ({
  key: { pk: row.pk, sk: row.sk },
  event: EventEnvelope.parse(row),
  unpublished: row["due"] !== undefined,
});
