import { z } from "zod";
import type { Order } from "#functions/order/order.ts";
import { OrderView } from "#functions/order/order-view.ts";
import { Personal } from "#functions/order/personal-view.ts";
import { refundedOf } from "#functions/order/refund.ts";
import { toIso } from "#functions/values/clock.ts";
import { CustomerId } from "#functions/values/id.ts";
import { MinorUnits } from "#functions/values/money.ts";

/** An order of a customer: its ids and its money. */
export const OrderOfCustomer = z.object({
  ...OrderView.pick({ id: true, number: true, status: true, currency: true, total: true }).shape,
  amountRefunded: MinorUnits,
  /** Counts its events; a correction is one. */
  version: z.int(),
  createdAt: z.iso.datetime(),
});
export type OrderOfCustomer = z.infer<typeof OrderOfCustomer>;

/** A customer as integrations read it; `contact` is that of the newest order. */
export const CustomerView = z.object({
  id: CustomerId,
  /** Frozen: it is only stored, shown masked, and neither changed nor erased. */
  restricted: z.boolean(),
  contact: Personal.shape.contact,
  /** Newest first. */
  orders: z.array(OrderOfCustomer),
});
export type CustomerView = z.infer<typeof CustomerView>;

export const viewOrderOfCustomer = (order: Order): OrderOfCustomer => ({
  id: order.id,
  number: order.number,
  status: order.status,
  currency: order.quote.currency,
  total: order.quote.totals.total,
  amountRefunded: refundedOf(order.refunds),
  version: order.version,
  createdAt: toIso(order.createdAt),
});
