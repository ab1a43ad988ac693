import { z } from "zod";
import { Instant } from "../functions/values/clock.ts";
import { defineEvent } from "./define-event.ts";
import { exampleKey, keyFacts } from "./facts.ts";

export const keyExposed = defineEvent({
  type: "key.exposed",
  means:
    "A license key was sent in a URL, a body or a wrong header, where others may have seen it: roll it before it is suspended.",
  data: z.object({ ...keyFacts, endsAt: Instant }),
  example: { ...exampleKey, endsAt: 1_793_448_000_000 },
});
