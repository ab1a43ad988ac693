import { z } from "zod";
import type { Routes } from "#functions/runtime/route.ts";
import { Discovery } from "./discovery.ts";
import { CompleteRequest } from "./payment-request.ts";
import { CancelRequest, CreateRequest, UpdateRequest } from "./request.ts";
import { CheckoutSession } from "./session.ts";

/** Any text: an id that no session can have is a session that is not there. */
const params = z.object({ checkout_session_id: z.string() });

/** ACP's operations under its own names (OpenAPI `operationId`). */
export const acpRoutes = {
  createCheckoutSession: {
    method: "POST",
    path: "/checkout_sessions",
    scope: "checkouts:write",
    summary: "Begins a checkout session.",
    body: CreateRequest,
    answers: { 201: CheckoutSession },
  },
  getCheckoutSession: {
    method: "GET",
    path: "/checkout_sessions/{checkout_session_id}",
    scope: "checkouts:read",
    summary: "One checkout session.",
    params,
    answers: { 200: CheckoutSession },
  },
  updateCheckoutSession: {
    method: "POST",
    path: "/checkout_sessions/{checkout_session_id}",
    scope: "checkouts:write",
    summary: "Changes a checkout session: what is left out stays, null clears.",
    params,
    body: UpdateRequest,
    answers: { 200: CheckoutSession },
  },
  completeCheckoutSession: {
    method: "POST",
    path: "/checkout_sessions/{checkout_session_id}/complete",
    scope: "checkouts:write",
    summary: "Pays and places the order.",
    params,
    body: CompleteRequest,
    answers: { 200: CheckoutSession },
  },
  cancelCheckoutSession: {
    method: "POST",
    path: "/checkout_sessions/{checkout_session_id}/cancel",
    scope: "checkouts:write",
    summary: "Ends a checkout session without an order.",
    params,
    body: CancelRequest,
    answers: { 200: CheckoutSession },
  },
  /** Public: ACP's discovery is read before an agent has a key, and tells nothing about any store. */
  getDiscovery: {
    method: "GET",
    path: "/.well-known/acp.json",
    scope: "public",
    summary: "What this host speaks.",
    answers: { 200: Discovery },
  },
} as const satisfies Routes;
