import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { disputeFacts, exampleDispute } from "./facts.ts";

export const disputeClosed = defineEvent({
  type: "dispute.closed",
  means:
    "The bank decided: `won`, the store keeps the money and may ship again, or `lost`. It may decide otherwise or open the dispute again later.",
  data: z.object({ ...disputeFacts.shape, outcome: z.enum(["won", "lost"]) }),
  example: { ...exampleDispute, outcome: "won" },
});
