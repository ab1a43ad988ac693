import { z } from "zod";
import { EndpointId } from "../functions/values/id.ts";
import { defineEvent } from "./define-event.ts";

export const endpointTested = defineEvent({
  type: "endpoint.tested",
  means:
    "Somebody asked to try a webhook endpoint: only that endpoint gets it, and it stands for nothing else.",
  data: z.object({ endpointId: EndpointId }),
  example: { endpointId: "we_01jdab3h8w9zq4t6vxk2m5n7pr" },
});
