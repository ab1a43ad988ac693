import { z } from "zod";
import { seconds } from "#functions/values/clock.ts";
import { EndpointId } from "#functions/values/id.ts";
import { attemptDelivery, type Deliver } from "./attempt-delivery.ts";
import { drainBacklog } from "./drain-backlog.ts";
import { readPace } from "./pace.store.ts";

/** A wake-up. Which delivery, and nothing else: what to do stands in its row. */
export const DeliverWebhook = z.object({ endpointId: EndpointId, eventId: z.string() });
export type DeliverWebhook = z.infer<typeof DeliverWebhook>;

/** With the last answer and what comes before and after it well within the function's time. */
const goesOn = seconds(15);

/**
 * One attempt; and where others wait for the same endpoint, whoever is done with one goes on with the next. Whoever was woken
 * to go on may find its own done by now, and goes on all the same.
 */
export const deliverWebhook =
  (on: Deliver) =>
  async (id: DeliverWebhook): Promise<void> => {
    const until = on.now() + goesOn;
    const ended = await attemptDelivery(on)(id);
    if (ended.ended === "sent") await drainBacklog(on, ended.pace, until);
    if (ended.ended === "over") await drainBacklog(on, await readPace(on.table, ended.delivery), until);
  };
