import { exampleOrder } from "#events/facts.ts";
import { orderPlaced } from "#events/order-placed.ts";
import type { Fact } from "#functions/outbox/outbox.ts";
import { newId } from "#functions/values/id.ts";
import { seededBytes } from "#test/fakes/memory-platform.ts";

export const storeId = newId("store", seededBytes(1)) as never as `store_${string}`;
export const principalId = newId("prn", seededBytes(2)) as `prn_${string}`;

type Placed = Fact<typeof orderPlaced.data>;

/** One valid `order.placed`. */
export const anOrderPlaced = (more: Partial<Placed> = {}): Placed => ({
  definition: orderPlaced,
  storeId,
  livemode: false,
  principalId,
  subject: exampleOrder.orderId,
  version: 1,
  occurredAt: Date.UTC(2026, 10, 23, 12),
  data: { ...exampleOrder, status: "placed" },
  ...more,
});
