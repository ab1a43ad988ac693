import { z } from "zod";
import { Line } from "#functions/checkout/contents.ts";
import { toIso } from "#functions/values/clock.ts";
import type { OrderId } from "#functions/values/id.ts";
import {
  type Fulfillment,
  type FulfillmentEvent,
  fulfillmentIdOf,
  linesOf,
  PieceStatus,
  statusOf,
  Tracking,
  trackingOf,
} from "./fulfillment.ts";

/** As integrations read it. */
export const FulfillmentView = z.object({
  id: z.string(),
  /** Where the last of its pieces on their way to the buyer are; else what became of them. */
  status: PieceStatus,
  lines: z.array(Line),
  tracking: Tracking.optional(),
  /** Oldest first; nothing is ever taken back. */
  events: z.array(z.object({ type: PieceStatus, lines: z.array(Line), occurredAt: z.iso.datetime() })),
});
export type FulfillmentView = z.infer<typeof FulfillmentView>;

export const viewFulfillment = (orderId: OrderId, fulfillment: Fulfillment): FulfillmentView => {
  const tracking = trackingOf(fulfillment);
  return {
    id: fulfillmentIdOf(orderId, fulfillment),
    status: statusOf(fulfillment),
    lines: [...linesOf(fulfillment)],
    ...(tracking && { tracking }),
    events: fulfillment.events.map(viewEvent),
  };
};

const viewEvent = ({ type, lines, at }: FulfillmentEvent): FulfillmentView["events"][number] => ({
  type,
  lines,
  occurredAt: toIso(at),
});
