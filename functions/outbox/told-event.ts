import { z } from "zod";
import { EventEnvelope } from "#events/define-event.ts";
import { toIso } from "#functions/values/clock.ts";

/** An event as it is told, by webhook or when it is asked for: with `timestamp` as Standard Webhooks asks. */
export const ToldEvent = EventEnvelope.extend({ timestamp: z.iso.datetime() });
export type ToldEvent = z.infer<typeof ToldEvent>;

export const toldEvent = (event: EventEnvelope): ToldEvent => ({
  ...event,
  timestamp: toIso(event.occurredAt),
});
