import { z } from "zod";
import { Total } from "./total.ts";

const EstimatedDelivery = z.object({ earliest: z.iso.datetime(), latest: z.iso.datetime() });
const LineReference = z.object({ id: z.string(), quantity: z.int().min(1) });

const OrderLine = z.object({
  id: z.string(),
  title: z.string(),
  product_id: z.string(),
  quantity: z.object({ ordered: z.int().min(1), current: z.int().min(0), fulfilled: z.int().min(0) }),
  unit_price: z.int(),
  subtotal: z.int(),
  totals: z.array(Total),
  status: z.string(),
});

const Fulfillment = z.object({
  id: z.string(),
  type: z.enum(["shipping", "digital"]),
  status: z.string(),
  line_items: z.array(LineReference),
  carrier: z.string().optional(),
  tracking_number: z.string().optional(),
  tracking_url: z.url().optional(),
  estimated_delivery: EstimatedDelivery.optional(),
  description: z.string().optional(),
  events: z.array(z.object({ id: z.string(), type: z.string(), occurred_at: z.iso.datetime() })).optional(),
});

const Adjustment = z.object({
  id: z.string(),
  type: z.string(),
  occurred_at: z.iso.datetime(),
  status: z.string(),
  line_items: z.array(LineReference).optional(),
  /** Credited to the buyer, so positive; tax included. */
  amount: z.int().optional(),
  currency: z.string().optional(),
  description: z.string(),
  reason: z.string().optional(),
});

/** An order as an agent sees it: whole, never a difference, and nothing in it names the buyer but their own notes. */
export const AcpOrder = z.object({
  type: z.literal("order").optional(),
  id: z.string(),
  checkout_session_id: z.string(),
  order_number: z.string(),
  permalink_url: z.url(),
  status: z.string().optional(),
  estimated_delivery: EstimatedDelivery.optional(),
  confirmation: z.object({
    confirmation_number: z.string(),
    receipt_url: z.url(),
    order_notes: z.string().optional(),
  }),
  support: z
    .object({
      email: z.string().optional(),
      phone: z.string().optional(),
      hours: z.string().optional(),
      help_center_url: z.url().optional(),
    })
    .optional(),
  line_items: z.array(OrderLine).optional(),
  fulfillments: z.array(Fulfillment).optional(),
  adjustments: z.array(Adjustment).optional(),
  totals: z.array(Total).optional(),
});
export type AcpOrder = z.infer<typeof AcpOrder>;
