import { z } from "zod";
import { CheckoutId, OrderId, StoreId } from "#functions/values/id.ts";
import type { Order } from "./order.ts";

/** What every later step of the fulfillment workflow gets: ids, and the epoch that each of its writes demands. */
export const OrderStep = z.object({
  storeId: StoreId,
  orderId: OrderId,
  checkoutId: CheckoutId,
  attempt: z.int(),
  epoch: z.int(),
  reason: z.string().optional(),
});
export type OrderStep = z.infer<typeof OrderStep>;

export const orderStepOf = (order: Order): OrderStep => ({
  storeId: order.storeId,
  orderId: order.id,
  checkoutId: order.checkoutId,
  attempt: order.payment.attempt,
  epoch: order.epoch,
});
