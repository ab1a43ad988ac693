import type { EventEnvelope } from "#events/define-event.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { type Key, type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { dueLater, published, type Recorded, readEvent } from "./outbox.store.ts";
import { times } from "./outbox.ts";

/** Puts events on the bus and answers the ids of those that the bus did not take. */
export type PutEvents = (events: readonly EventEnvelope[]) => Promise<ReadonlySet<string>>;

export type PublishEvents = {
  readonly table: Table;
  readonly put: PutEvents;
  readonly now: Clock;
  readonly log: Log;
};

/** The bus takes at most ten entries a call. */
const batchSize = 10;

/**
 * Publishes the events of these rows that are not published yet, and answers how many the bus took. An event
 * leaves the index only after the bus has it, so a crash between the two publishes it twice and never not.
 * What the bus refuses rests a while and stays the sweeper's: no row holds up the ones behind it.
 */
export const publishEvents =
  (on: PublishEvents) =>
  async (keys: readonly Key[]): Promise<number> => {
    const rows = await Promise.all(keys.map((key) => readOrRest(on, key)));
    const due = rows.filter((row) => row !== undefined).filter((row) => row.unpublished);
    let count = 0;
    for (let start = 0; start < due.length; start += batchSize) {
      count += await publishBatch(on, due.slice(start, start + batchSize));
    }
    return count;
  };

/** A row that cannot be read, such as one of a newer release, rests too: it must not end every run at itself. */
const readOrRest = async (on: PublishEvents, key: Key): Promise<Recorded | undefined> => {
  try {
    return await readEvent(on.table, key);
  } catch (error) {
    on.log.error("an outbox row cannot be read", error);
    await tryCommit(on.table, [dueLater(key, on.now() + times.rest)]);
    return undefined;
  }
};

const publishBatch = async (on: PublishEvents, batch: readonly Recorded[]): Promise<number> => {
  const failed = await on.put(batch.map(({ event }) => event));
  // One commit each: a row that somebody else published meanwhile must not hold back its neighbors.
  await Promise.all(
    batch.map((row) =>
      tryCommit(on.table, [
        failed.has(row.event.id) ? dueLater(row.key, on.now() + times.rest) : published(row, on.now()),
      ]),
    ),
  );
  if (failed.size > 0) on.log.warn("the bus did not take every event", { count: failed.size });
  return batch.length - failed.size;
};
