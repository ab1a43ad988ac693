import type { Key } from "#functions/runtime/table.ts";
import type { PublishEvents } from "./publish-events.ts";
import { publishEvents } from "./publish-events.ts";

/**
 * The stream's way in. It only makes publishing prompt: whatever fails here stays due in its row and the sweeper
 * publishes it, so a fault is logged and never retried in place, where it would block the shard.
 */
export const wakePublisher =
  (on: PublishEvents) =>
  async (key: Key): Promise<void> => {
    try {
      await publishEvents(on)([key]);
    } catch (error) {
      on.log.error("an event waits for the sweeper", error);
    }
  };
