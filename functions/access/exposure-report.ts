import { z } from "zod";
import { Instant } from "#functions/values/clock.ts";

/** What `runtime/misplaced-key.ts` leaves of a key that stood in the wrong place. */
export const ExposureReport = z.object({
  keyId: z.string(),
  fingerprint: z.instanceof(Uint8Array),
  seenAt: Instant,
});
