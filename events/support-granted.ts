import { defineEvent } from "./define-event.ts";
import { exampleSupport, supportFacts } from "./facts.ts";

export const supportGranted = defineEvent({
  type: "support.granted",
  means: "A person of support was let into the store, for so long and no more than that.",
  data: supportFacts,
  example: exampleSupport,
});
