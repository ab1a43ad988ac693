import type { Routes } from "#functions/runtime/route.ts";
import { EventsPage, EventsQuery } from "./list-events.ts";

export const eventRoutes = {
  listEvents: {
    method: "GET",
    path: "/events",
    // Whoever may read what webhooks say.
    scope: "webhooks:read",
    summary:
      "What webhooks tell, to catch up without them: the store's events of the last 90 days, in the order in which they were committed. None is skipped; one may come twice, under the same id.",
    query: EventsQuery,
    answers: { 200: EventsPage },
  },
} as const satisfies Routes;
