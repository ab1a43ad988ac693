import type { Routes } from "#functions/runtime/route.ts";
import { DisputesView } from "./evidence.ts";
import { OrdersPage, OrdersQuery } from "./list-orders.ts";
import { OrderView } from "./order-view.ts";
import { OrderParams } from "./read-orders.ts";
import { NewRefund } from "./refund-order.ts";
import { RefundView } from "./refund-view.ts";
import { Cancellation } from "./request-cancellation.ts";

export const orderRoutes = {
  listOrders: {
    method: "GET",
    path: "/orders",
    scope: "orders:read",
    summary:
      "The store's orders by page, by status, agent and product. Newest first, or with `updatedSince` in the order in which they were changed.",
    recorded: { as: "order.read", with: "answer", ifScope: "customers:read" },
    query: OrdersQuery,
    answers: { 200: OrdersPage },
  },
  getOrder: {
    method: "GET",
    path: "/orders/{id}",
    scope: "orders:read",
    summary: "One order of the store.",
    recorded: { as: "order.read", with: "answer", ifScope: "customers:read" },
    params: OrderParams,
    answers: { 200: OrderView },
  },
  getOrderDisputes: {
    method: "GET",
    path: "/orders/{id}/disputes",
    scope: "orders:read",
    summary:
      "What the buyer's bank questions of an order, and the evidence that we hold: terms, consent, delivery.",
    recorded: { as: "order.read", with: "answer", ifScope: "customers:read" },
    params: OrderParams,
    answers: { 200: DisputesView },
  },
} as const satisfies Routes;

/** What moves money: a function of its own, so that what only reads has no way to Stripe. */
export const orderChangeRoutes = {
  refundOrder: {
    method: "POST",
    path: "/orders/{id}/refunds",
    scope: "orders:write",
    recorded: { as: "refund.requested", with: "act" },
    summary:
      "Gives money back: pieces of lines, shipping, a plain amount, or all that is left. 202: Stripe's answer is not known yet; read the order, or send the request again.",
    params: OrderParams,
    body: NewRefund,
    answers: { 201: RefundView, 202: RefundView },
  },
  cancelOrder: {
    method: "POST",
    path: "/orders/{id}/cancel",
    scope: "orders:write",
    recorded: { as: "cancellation.requested", with: "act" },
    summary:
      "Takes the order back: its money and stock are given back, which `order.canceled` tells when it is done. Answers without the buyer's contact and the parcels' numbers.",
    params: OrderParams,
    body: Cancellation,
    answers: { 200: OrderView },
  },
} as const satisfies Routes;
