import { EventEnvelope } from "#events/define-event.ts";
import { allRows } from "#functions/runtime/all-rows.ts";
import { all, equals, exists } from "#functions/runtime/condition.ts";
import { dueKey, notDue, shards } from "#functions/runtime/due.ts";
import { dueRows } from "#functions/runtime/due-rows.ts";
import { type Key, plainly, type Row, type Table, type Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { type Cursor, horizonOf, placeAt } from "./feed.ts";
import { eventKey } from "./outbox.ts";

/** An event and whether it still has to be published. */
export type Recorded = {
  readonly key: Key;
  readonly event: EventEnvelope;
  readonly unpublished: boolean;
  /** When somebody is to publish it. */
  readonly dueAt: Instant | undefined;
};

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

type Unpublished = Pick<Recorded, "key" | "dueAt"> & { readonly event: Pick<EventEnvelope, "storeId"> };

/**
 * It takes its place among the store's events by the very write that makes it due no more, so it is always in one of
 * the two indexes. Only as it was read: a place from before it rested could have been read past. Plain, like the next:
 * who finds the event published by somebody else, or by itself, has nothing more to do.
 */
export const published = ({ key, event, dueAt = 0 }: Unpublished, now: Instant): Write =>
  plainly({
    table: "outbox",
    key,
    change: { set: { ...notDue, list: listKey(event.storeId), listAt: placeAt(dueAt, now) } },
    condition: all(exists("due"), equals("dueAt", dueAt)),
  });

export const dueLater = (key: Key, at: Instant): Write =>
  plainly({ table: "outbox", key, change: { set: { dueAt: at } }, condition: exists("due") });

/** Where a store's events are listed, in the order in which they were published. */
const listKey = (storeId: StoreId): string => `events#${storeId}`;

/** When the first of those that nobody published is due; a publisher may be at it. */
const firstDue = async (table: Pick<Table, "query">): Promise<Instant | undefined> => {
  const pages = await Promise.all(
    shards.map((shard) => table.query("outbox", { index: "due", pk: dueKey("event", shard), limit: 1 })),
  );
  const times = pages.flatMap(({ rows }) => rows.map(({ dueAt }) => Number(dueAt)));
  return times.length === 0 ? undefined : Math.min(...times);
};

type Following = {
  readonly storeId: StoreId;
  readonly after: Cursor;
  readonly limit: number;
  readonly now: Instant;
  /** Nothing published later is asked for. */
  readonly until?: Instant;
};
export type Followed = { readonly keys: readonly Key[]; readonly next: Cursor; readonly more: boolean };

/**
 * Keys of a store's events after a place, in order. What is still to be published is looked at first, so whatever is
 * published meanwhile comes behind the page.
 */
export const eventsAfter = async (
  table: Pick<Table, "query">,
  { storeId, after, limit, now, until = now }: Following,
): Promise<Followed> => {
  const horizon = Math.min(until, horizonOf(now, await firstDue(table)));
  if (horizon <= after.at && !("subject" in after)) return { keys: [], next: after, more: false };
  const list = { list: listKey(storeId), listAt: after.at };
  const { rows, next } = await table.query("outbox", {
    index: "list",
    pk: list.list,
    to: Math.max(horizon, after.at),
    limit,
    ...("subject" in after
      ? { after: { ...eventKey({ storeId, ...after }), ...list } }
      : { from: after.at + 1 }),
  });
  const last = rows.at(-1);
  return {
    keys: rows.map(({ pk, sk }) => ({ pk, sk })),
    next: next && last ? placeOf(last) : { at: Math.max(horizon, after.at) },
    more: next !== undefined,
  };
};

const placeOf = ({ pk, sk, listAt }: Row): Cursor => ({ at: Number(listAt), ...factAt({ pk, sk }) });

/** Which fact a key names. */
export const factAt = ({ pk, sk }: Key): { subject: string; version: number } => ({
  subject: pk.slice(pk.indexOf("#") + 1),
  version: Number(sk.slice("event#".length)),
});

const recorded = (row: Row): Recorded => ({
  key: { pk: row.pk, sk: row.sk },
  event: EventEnvelope.parse(row),
  unpublished: row["due"] !== undefined,
  dueAt: row["dueAt"] === undefined ? undefined : Number(row["dueAt"]),
});
