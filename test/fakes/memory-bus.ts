import type { EventEnvelope } from "#events/define-event.ts";
import type { PutEvents } from "#functions/outbox/publish-events.ts";

export type MemoryBus = {
  readonly put: PutEvents;
  /** What the bus took, in order. */
  readonly events: readonly EventEnvelope[];
  /** `throw`: the call fails; `lose-answer`: the bus takes the entries, the caller never learns it. */
  fail(how: "throw" | "lose-answer" | ((event: EventEnvelope) => boolean) | undefined): void;
};

export const memoryBus = (): MemoryBus => {
  const events: EventEnvelope[] = [];
  let failing: Parameters<MemoryBus["fail"]>[0];
  return {
    events,
    fail: (how) => {
      failing = how;
    },
    put: async (entries) => {
      if (entries.length < 1 || entries.length > 10) throw new Error("the bus takes 1 to 10 entries");
      if (failing === "throw") throw new Error("the bus is away");
      const refused = entries.filter((entry) => typeof failing === "function" && failing(entry));
      // Through JSON, as on the wire: what does not survive it must not be relied on.
      events.push(
        ...structuredClone(JSON.parse(JSON.stringify(entries.filter((each) => !refused.includes(each))))),
      );
      if (failing === "lose-answer") throw new Error("the connection was closed");
      return new Set(refused.map(({ id }) => id));
    },
  };
};
