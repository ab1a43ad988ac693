import { type Bug, bug } from "./bug.ts";

/** Mistakes with an endpoint's pace, with what waits for it, and with what is sent once more. */
export const sendingBugs: readonly Bug[] = [
  bug(
    "as many at once as there are",
    "webhook/pace.ts",
    "if (isResting(pace, now) || busy.length >= pace.window)",
    "if (isResting(pace, now) || busy.length > pace.window)",
  ),
];
