import { z } from "zod";
import { EndpointId } from "../functions/values/id.ts";
import { defineEvent } from "./define-event.ts";

export const endpointTested = defineEvent({
  type: "endpoint.tested",
  means:
    'Somebody asked to try a webhook endpoint, which alone gets it. Answered with its challenge, `{"challenge":"…"}`, it shows that the receiver is theirs who registered it.',
  data: z.object({ endpointId: EndpointId, challenge: z.string() }),
  example: {
    endpointId: "we_01jdab3h8w9zq4t6vxk2m5n7pr",
    challenge: "4Jt1mB0sQe7rXy2cKz9vWn5dLh8gPf3a",
  },
});
