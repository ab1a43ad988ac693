import { readCursor, writeCursor } from "#functions/outbox/feed.ts";
import { eventsAfter, readEvent } from "#functions/outbox/outbox.store.ts";
import type { Key, Row, Table } from "#functions/runtime/table.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { createdDelivery, deliveryAt, deliveryKey, savedDelivery } from "./delivery.store.ts";
import { type Delivery, reopened } from "./delivery.ts";
import { endpointStore } from "./endpoint.store.ts";
import type { Endpoint } from "./endpoint.ts";
import { followedBy, newDelivery } from "./fan-out-event.ts";
import { takes } from "./hearing.ts";
import { savedReplay } from "./replay.store.ts";
import { brings, isAsked, Replay } from "./replay.ts";
import type { WakeSender } from "./wake-sender.ts";

export type RunsReplays = { readonly table: Table; readonly wake: WakeSender; readonly now: Clock };

const pageSize = 50;

/**
 * Goes through the store's events page by page until the time is up; the next run goes on where this one came to, or where
 * there was nothing more to be read yet. What a run that died had opened of its page is not opened twice, and whoever is
 * beaten to a page by another run stops.
 */
export const runReplay =
  (on: RunsReplays) =>
  async (row: Row, until: Instant): Promise<void> => {
    let replay = Replay.parse(row);
    for (let more = true; more && replay.status === "running" && on.now() < until; ) {
      const next = await nextPage(on, replay);
      if ((await tryCommit(on.table, [savedReplay(replay, next.replay)])).length > 0) return;
      ({ replay, more } = next);
    }
  };

const nextPage = async (on: RunsReplays, replay: Replay): Promise<{ replay: Replay; more: boolean }> => {
  const endpoint = await endpointStore(on.table).get(replay.storeId, replay.endpointId);
  const { keys, next, more } = await eventsAfter(on.table, {
    storeId: replay.storeId,
    after: replay.cursor === undefined ? { at: replay.from - 1 } : readCursor(replay.cursor),
    until: replay.to,
    limit: pageSize,
    now: on.now(),
  });
  const opened = endpoint ? await openPage(on, replay, endpoint, keys) : [];
  const further: Replay = {
    ...replay,
    status: endpoint && (more || next.at < replay.to) ? "running" : "done",
    version: replay.version + 1,
    cursor: writeCursor(next),
    resent: replay.resent + opened.length,
    updatedAt: on.now(),
  };
  return { replay: further, more };
};

/** Those about one subject one after the other: each names the one before it. */
const openPage = async (
  on: RunsReplays,
  replay: Replay,
  endpoint: Endpoint,
  keys: readonly Key[],
): Promise<Delivery[]> => {
  const subjects = [...Map.groupBy(keys, ({ pk }) => pk).values()];
  const opened = await Promise.all(
    subjects.map(async (facts) => {
      const ofOne: Delivery[] = [];
      for (const key of facts) ofOne.push(...(await open(on, replay, endpoint, key)));
      return ofOne;
    }),
  );
  const pending = opened.flat().filter(({ status }) => status === "pending");
  await on.wake(pending, 0);
  return pending;
};

/** Once for each event, whoever is at it; one that moved meanwhile is on its way. */
const open = async (
  { table, now }: RunsReplays,
  replay: Replay,
  endpoint: Endpoint,
  key: Key,
): Promise<Delivery[]> => {
  const event = (await readEvent(table, key))?.event;
  if (!event) return [];
  const before = await deliveryAt(table, deliveryKey({ endpointId: endpoint.id, eventId: event.id }));
  if (before ? !isAsked(replay, before) : !brings(replay) || !takes(endpoint, event)) return [];
  const previousEventId = await followedBy(table, endpoint, event, [before?.previousEventId]);
  const delivery = before
    ? reopened({ ...before, previousEventId }, now())
    : newDelivery(endpoint, event, now(), previousEventId);
  const write = before ? savedDelivery(before, delivery) : createdDelivery(delivery);
  return (await tryCommit(table, [write])).length === 0 ? [delivery] : [];
};
