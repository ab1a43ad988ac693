import type { Routes } from "#functions/runtime/route.ts";
import { AuditEventsPage, AuditEventsQuery } from "./list-audit-events.ts";

export const auditRoutes = {
  listAuditEvents: {
    method: "GET",
    path: "/audit_events",
    scope: "audit:read",
    summary: "Who did what in the store, when, why and by what right; newest first unless asked, by page.",
    recorded: { as: "audit.read", with: "answer" },
    query: AuditEventsQuery,
    answers: { 200: AuditEventsPage },
  },
} as const satisfies Routes;
