import type { Log } from "#functions/runtime/logger.ts";
import type { Operation, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { stripeRoutes } from "./routes.ts";
import { receivedEvent } from "./stripe-event.store.ts";
import { eventIn, lookOf, type StripeEvent, type VerifyStripeEvent } from "./stripe-event.ts";

/** Only a wake-up: the event's row is the truth. */
export type WakeForEvent = (eventId: string) => Promise<void>;

export type Receives = {
  verify: VerifyStripeEvent;
  /** Whether this stage may know live money at all. */
  liveAllowed: boolean;
  table: Pick<Table, "commit">;
  wake: WakeForEvent;
  now: Clock;
  log: Log;
};

/**
 * Writes down that there is something to look at, and only then answers: Stripe does not repeat what was answered.
 * What the event says moves nothing. The same event again writes nothing and is answered alike.
 */
export const receiveStripeEvent =
  (on: Receives): Operation<typeof stripeRoutes.receiveStripeEvent> =>
  async ({ request }) => {
    const event = await verified(on, request);
    const known = await tryCommit(on.table, [receivedEvent(event, on.now())]);
    if (known.length === 0 && lookOf(event)) await wakeFor(on, event);
    return { status: 200, body: { received: true } };
  };

const verified = async (on: Receives, { raw, headers }: RequestFacts): Promise<StripeEvent> => {
  const signed = raw && (await on.verify(raw, headers["stripe-signature"]));
  const event = signed && eventIn(signed);
  if (event && (on.liveAllowed || !event.livemode)) return event;
  throw new Refusal("signature_invalid", "This is not signed as Stripe signs its events for us.");
};

/** Without it the sweeper comes a minute later. */
const wakeFor = async (on: Receives, { id, type }: StripeEvent): Promise<void> => {
  try {
    await on.wake(id);
  } catch (error) {
    on.log.error("an event of Stripe waits for its sweeper", error, { eventId: id, eventType: type });
  }
};
