import { seconds } from "#functions/values/clock.ts";
import { dueEvents } from "./outbox.store.ts";
import { type PublishEvents, publishEvents } from "./publish-events.ts";

const limits = { perShard: 100, pages: 50, time: seconds(40) } as const;

/**
 * The truth behind the stream: publishes what is due, oldest first, until nothing is or the run's share is done.
 * Two runs at once publish some events twice, which readers do not mind.
 */
export const sweepOutbox = (on: PublishEvents) => async (): Promise<number> => {
  const until = on.now() + limits.time;
  let count = 0;
  for (let page = 0; page < limits.pages && on.now() < until; page += 1) {
    const taken = await publishEvents(on)(await dueEvents(on.table, on.now(), limits.perShard));
    if (taken === 0) break;
    count += taken;
  }
  return count;
};
