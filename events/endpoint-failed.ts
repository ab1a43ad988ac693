import { z } from "zod";
import { Instant } from "../functions/values/clock.ts";
import { EndpointId } from "../functions/values/id.ts";
import { defineEvent } from "./define-event.ts";

export const endpointFailed = defineEvent({
  type: "endpoint.failed",
  means:
    "For an hour, a day or three days a webhook endpoint has taken nothing. The store's other endpoints are told; what it misses is tried for thirty days and can be sent again for ninety.",
  data: z.object({
    endpointId: EndpointId,
    failingSince: Instant,
    /** 1, 24 or 72. */
    hours: z.int().positive(),
  }),
  example: {
    endpointId: "we_01jdab3h8w9zq4t6vxk2m5n7pr",
    failingSince: 1_793_448_000_000,
    hours: 24,
  },
});
