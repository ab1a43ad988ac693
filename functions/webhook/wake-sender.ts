import type { Log } from "#functions/runtime/logger.ts";
import type { Enqueue } from "#functions/runtime/queue.client.ts";
import type { DeliveryId } from "./delivery.store.ts";

/** Wakes the sender, after at most fifteen minutes. Only a wake-up: the delivery's row is the truth. */
export type WakeSender = (deliveries: readonly DeliveryId[], delaySeconds: number) => Promise<void>;

/** After the commit of what is to be sent; without it the sweeper sends it some minutes later. */
export const wakeSoon = async (
  on: { readonly wake: WakeSender; readonly log: Log },
  deliveries: readonly DeliveryId[],
): Promise<void> => {
  try {
    await on.wake(deliveries, 0);
  } catch (error) {
    on.log.error("deliveries wait for the sweeper", error, { count: deliveries.length });
  }
};

/** One endpoint is one group, so a busy one does not keep the others waiting. */
export const wakeSender =
  (enqueue: Enqueue, queueUrl: string): WakeSender =>
  (deliveries, delaySeconds) =>
    enqueue(
      queueUrl,
      deliveries.map(({ endpointId, eventId }) => ({
        body: { endpointId, eventId },
        delaySeconds,
        groupId: endpointId,
      })),
    );
