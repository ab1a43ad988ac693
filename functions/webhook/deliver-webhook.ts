import { z } from "zod";
import { seconds } from "#functions/values/clock.ts";
import { EndpointId } from "#functions/values/id.ts";
import { attemptDelivery, type Deliver } from "./attempt-delivery.ts";
import { readDelivery } from "./delivery.store.ts";
import { drainBacklog } from "./drain-backlog.ts";

/** A wake-up. Which delivery, and nothing else: what to do stands in its row. */
export const DeliverWebhook = z.object({ endpointId: EndpointId, eventId: z.string() });
export type DeliverWebhook = z.infer<typeof DeliverWebhook>;

/** With the last answer and what comes before and after it well within the function's time. */
const goesOn = seconds(15);

/**
 * One attempt; and whoever is done with one goes on with what waits for it, and for the same endpoint. Whoever was woken to
 * go on may find its own done by now, and goes on all the same.
 */
export const deliverWebhook =
  (on: Deliver) =>
  async (id: DeliverWebhook): Promise<void> => {
    const until = on.now() + goesOn;
    const delivery = await readDelivery(on.table, id);
    if (delivery) await drainBacklog(on, await attemptDelivery(on, delivery), until);
  };
