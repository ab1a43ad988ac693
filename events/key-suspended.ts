import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleKey, keyFacts, WhyKeyEnds } from "./facts.ts";

export const keySuspended = defineEvent({
  type: "key.suspended",
  means: "A license key works no longer until an admin reviews it; one that was exposed has to be rolled.",
  data: z.object({ ...keyFacts, because: WhyKeyEnds }),
  example: { ...exampleKey, because: "unreviewed" },
});
