import { seconds } from "#functions/values/clock.ts";

/** How long one command may work; what takes longer goes on with the next call. */
export const operatorSeconds = 25;

/** What one call walks, so that its last page has time to come to its end. */
export const walkTime = seconds(15);
