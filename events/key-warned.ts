import { z } from "zod";
import { Instant } from "../functions/values/clock.ts";
import { defineEvent } from "./define-event.ts";
import { exampleKey, keyFacts, WhyKeyEnds } from "./facts.ts";

export const keyWarned = defineEvent({
  type: "key.warned",
  means: "A license key stops soon by itself: use it, review it, extend it or roll it before.",
  data: z.object({ ...keyFacts, because: WhyKeyEnds, endsAt: Instant }),
  example: { ...exampleKey, because: "unused", endsAt: 1_793_448_000_000 },
});
