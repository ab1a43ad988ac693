import { z } from "zod";
import { Instant } from "../functions/values/clock.ts";
import { defineEvent } from "./define-event.ts";
import { exampleKey, keyFacts } from "./facts.ts";

export const keyShared = defineEvent({
  type: "key.shared",
  means:
    "A person's license key was used from networks far from each other in turns, as if two had it: ask who they are, then roll it, or bind it to its networks. Told once a day for a key.",
  data: z.object({ ...keyFacts, seenAt: Instant }),
  example: { ...exampleKey, seenAt: 1_793_448_000_000 },
});
