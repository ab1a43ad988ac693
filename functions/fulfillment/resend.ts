import { times } from "#functions/order/order.ts";
import type { Instant } from "#functions/values/clock.ts";

/**
 * When a shop that did not answer is asked again: after as long as that goes on already, from a minute to a quarter of an
 * hour, so the waits double. Spread by a fifth, so that orders that wait for one shop do not come at once when it is back;
 * never later than something is decided.
 */
export const resendAt = (
  since: Instant,
  { now, random, decided }: { now: Instant; random: number; decided: readonly Instant[] },
): Instant => {
  const wait = Math.min(times.resend.longest, Math.max(times.resend.first, now - since));
  const ahead = decided.filter((at) => at > now);
  return Math.min(now + Math.round(wait * (0.8 + 0.4 * random)), ...ahead);
};
