import { OrderParams } from "#functions/order/read-orders.ts";
import type { Routes } from "#functions/runtime/route.ts";
import { FulfillmentView } from "./fulfillment-view.ts";
import { NewFulfillment, NewFulfillmentEvent } from "./order-fulfillments.ts";
import { FulfillmentParams } from "./record-fulfillment.ts";

export const fulfillmentRoutes = {
  createFulfillment: {
    method: "POST",
    path: "/orders/{id}/fulfillments",
    scope: "fulfillments:write",
    recorded: { as: "fulfillment.recorded", with: "act" },
    summary:
      "Pieces of a confirmed order are on their way, or being packed: those of the lines, or all that is still to be sent. Never more than that; never while a bank questions the payment.",
    params: OrderParams,
    body: NewFulfillment,
    answers: { 201: FulfillmentView },
  },
  addFulfillmentEvent: {
    method: "POST",
    path: "/orders/{id}/fulfillments/{fulfillment_id}/events",
    scope: "fulfillments:write",
    recorded: { as: "fulfillment.recorded", with: "act" },
    summary:
      "What became of a fulfillment, or of some of its pieces: shipped, delivered, failed (it will not arrive, and another may be sent), returned.",
    params: FulfillmentParams,
    body: NewFulfillmentEvent,
    answers: { 201: FulfillmentView },
  },
} as const satisfies Routes;
