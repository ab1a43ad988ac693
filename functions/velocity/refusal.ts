import { secondsUntil } from "#functions/runtime/counter.ts";
import type { Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";

/** Not which rule: whoever tries cards would learn how far to go. The store's own people hear it by the event. */
export const refusalFor = (nothing: string, endsAt: Instant, now: Instant): Refusal =>
  new Refusal(
    "velocity_exceeded",
    `Too much of this in a short time. ${nothing} Send the same request again after Retry-After.`,
    { retryAfterSeconds: secondsUntil(endsAt, now) },
  );
