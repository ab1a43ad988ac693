import type { Routes } from "#functions/runtime/route.ts";
import { OrderView } from "./order-view.ts";
import { OrderParams, OrdersPage, OrdersQuery } from "./read-orders.ts";

export const orderRoutes = {
  listOrders: {
    method: "GET",
    path: "/orders",
    scope: "orders:read",
    summary: "The store's orders, newest first, by page.",
    query: OrdersQuery,
    answers: { 200: OrdersPage },
  },
  getOrder: {
    method: "GET",
    path: "/orders/{id}",
    scope: "orders:read",
    summary: "One order of the store.",
    params: OrderParams,
    answers: { 200: OrderView },
  },
} as const satisfies Routes;
