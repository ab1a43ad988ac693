import { z } from "zod";
import { Instant } from "../functions/values/clock.ts";
import { PrincipalId, StoreId } from "../functions/values/id.ts";

/** The one place where an event's name is spelled: detail-type on the bus, `type` of the webhook, file of its JSON Schema. */
export type EventDefinition<Type extends string = string, Data extends z.ZodType = z.ZodType> = {
  readonly type: Type;
  /** One sentence: which fact it states. */
  readonly means: string;
  readonly data: Data;
  readonly example: z.infer<Data>;
};

export const defineEvent = <const Type extends string, Data extends z.ZodType>(
  definition: EventDefinition<Type, Data>,
): EventDefinition<Type, Data> => {
  definition.data.parse(definition.example);
  return definition;
};

/** What surrounds every event's data, on the bus and in the outbox. */
export const EventEnvelope = z.object({
  /** `evt_` + what it is about + version: derived, so a repeat is the same event. */
  id: z.string(),
  type: z.string(),
  storeId: StoreId,
  livemode: z.boolean(),
  /** Whose checkout or order it is; absent for facts about the store. */
  principalId: PrincipalId.optional(),
  /** What the fact is about: a checkout's, order's, endpoint's or support grant's id, or `product:`, `domain:`, `key:` or `velocity:` and what names it. */
  subject: z.string(),
  /** Rises with each fact of one subject. */
  version: z.int().positive(),
  occurredAt: Instant,
  data: z.record(z.string(), z.unknown()),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;
