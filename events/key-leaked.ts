import { z } from "zod";
import { defineEvent } from "./define-event.ts";
import { exampleKey, keyFacts } from "./facts.ts";

export const keyLeaked = defineEvent({
  type: "key.leaked",
  means: "A license key was found in public by GitHub's secret scanning and is revoked: issue another.",
  data: z.object(keyFacts),
  example: exampleKey,
});
