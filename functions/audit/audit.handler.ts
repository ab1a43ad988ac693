import { apiHandler } from "#functions/runtime/api-handler.ts";
import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { problemDetails } from "#functions/runtime/problem.ts";
import { listAuditEvents } from "./list-audit-events.ts";
import { recordRequest } from "./record-request.ts";
import { auditRoutes } from "./routes.ts";

export const wire = (on: Platform) =>
  apiHandler(on, {
    routes: auditRoutes,
    operations: { listAuditEvents: listAuditEvents(on) },
    protocol: problemDetails,
    recorder: recordRequest(on),
  });

export const handler = lambda(wire);
