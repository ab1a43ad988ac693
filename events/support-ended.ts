import { defineEvent } from "./define-event.ts";
import { exampleSupport, supportFacts } from "./facts.ts";

export const supportEnded = defineEvent({
  type: "support.ended",
  means: "An access of support is over: its key opens nothing any more.",
  data: supportFacts,
  example: exampleSupport,
});
